WITH `t4` AS (
  SELECT
    `t2`.`feed`,
    `t2`.`location_id`,
    `t2`.`cycle`,
    `t2`.`grid_time` AS `valid_time`,
    MAX(`t2`.`fetched_at`) AS `fetched_at`,
    MIN(
      ieee_divide(UNIX_SECONDS(`t2`.`fetched_at`) - UNIX_SECONDS(`t2`.`issue_time`), 3600)
    ) AS `issue_age_hours`,
    MAX(`t2`.`elevation_m`) AS `elevation_m`,
    MAX(IF(`t2`.`at_grid`, `t2`.`temperature_c`, NULL)) AS `temperature_c`,
    MAX(IF(`t2`.`at_grid`, `t2`.`wind_speed_m_s`, NULL)) AS `wind_speed_m_s`,
    IF(
      COUNT(IF(`t2`.`interval_hours` = 1, `t2`.`precipitation_mm`, NULL)) = 3,
      ieee_divide(
        CAST(SUM(
          IF(
            `t2`.`interval_hours` = 1,
            CAST(ROUND(`t2`.`precipitation_mm` * 1000000000, 0) AS INT64),
            NULL
          )
        ) AS FLOAT64),
        1000000000
      ),
      MAX(
        IF(`t2`.`at_grid` AND (
          `t2`.`interval_hours` = 3
        ), `t2`.`precipitation_mm`, NULL)
      )
    ) AS `precipitation_mm`
  FROM (
    SELECT
      `t0`.`feed`,
      `t0`.`location_id`,
      `t0`.`elevation_m`,
      `t0`.`cycle`,
      `t0`.`fetched_at`,
      `t0`.`issue_time`,
      `t0`.`valid_time`,
      `t0`.`lead_hours`,
      `t0`.`interval_hours`,
      `t0`.`temperature_c`,
      `t0`.`precipitation_mm`,
      `t0`.`wind_speed_m_s`,
      CAST(TIMESTAMP_SECONDS(
        UNIX_SECONDS(`t0`.`valid_time`) + (
          MOD(10800 - (
            MOD(UNIX_SECONDS(`t0`.`valid_time`), 10800)
          ), 10800)
        )
      ) AS TIMESTAMP) AS `grid_time`,
      (
        MOD(10800 - (
          MOD(UNIX_SECONDS(`t0`.`valid_time`), 10800)
        ), 10800)
      ) = 0 AS `at_grid`
    FROM (
      SELECT
        `feed`,
        `location_id`,
        `elevation_m`,
        `cycle`,
        `fetched_at`,
        `issue_time`,
        `valid_time`,
        `lead_hours`,
        `interval_hours`,
        `temperature_c`,
        `precipitation_mm`,
        `wind_speed_m_s`
      FROM `project.weather.forecasts__nws`
      WHERE
        `cycle` >= CAST('2026-08-03 00:00:00.000000+00:00' AS TIMESTAMP)
        AND `cycle` < CAST('2026-08-04 00:00:00.000000+00:00' AS TIMESTAMP)
    ) AS `t0`
    WHERE
      `t0`.`valid_time` > TIMESTAMP('2026-08-02T21:00:00+00:00')
      AND `t0`.`valid_time` <= TIMESTAMP('2026-08-03T21:00:00+00:00')
  ) AS `t2`
  GROUP BY
    1,
    2,
    3,
    4
), `t5` AS (
  SELECT
    `t3`.`location_id`,
    `t3`.`source`,
    `t3`.`grid_time` AS `valid_time`,
    MAX(`t3`.`known_at`) AS `known_at`,
    MAX(CAST(`t3`.`quality` <> 'good' AS INT64)) AS `doubt`,
    MIN(`t3`.`distance_km`) AS `distance_km`,
    MAX(IF(`t3`.`at_grid`, `t3`.`temperature_c`, NULL)) AS `temperature_c`,
    MAX(IF(`t3`.`at_grid`, `t3`.`wind_speed_m_s`, NULL)) AS `wind_speed_m_s`,
    IF(
      COUNT(IF(`t3`.`interval_hours` = 1, `t3`.`precipitation_mm`, NULL)) = 3,
      ieee_divide(
        CAST(SUM(
          IF(
            `t3`.`interval_hours` = 1,
            CAST(ROUND(`t3`.`precipitation_mm` * 1000000000, 0) AS INT64),
            NULL
          )
        ) AS FLOAT64),
        1000000000
      ),
      MAX(
        IF(`t3`.`at_grid` AND (
          `t3`.`interval_hours` = 3
        ), `t3`.`precipitation_mm`, NULL)
      )
    ) AS `precipitation_mm`
  FROM (
    SELECT
      `t1`.`location_id`,
      `t1`.`source`,
      `t1`.`time`,
      `t1`.`known_at`,
      `t1`.`distance_km`,
      `t1`.`interval_hours`,
      `t1`.`quality`,
      `t1`.`temperature_c`,
      `t1`.`precipitation_mm`,
      `t1`.`wind_speed_m_s`,
      CAST(TIMESTAMP_SECONDS(
        UNIX_SECONDS(`t1`.`time`) + (
          MOD(10800 - (
            MOD(UNIX_SECONDS(`t1`.`time`), 10800)
          ), 10800)
        )
      ) AS TIMESTAMP) AS `grid_time`,
      (
        MOD(10800 - (
          MOD(UNIX_SECONDS(`t1`.`time`), 10800)
        ), 10800)
      ) = 0 AS `at_grid`
    FROM (
      SELECT
        `location_id`,
        `source`,
        `time`,
        `known_at`,
        `distance_km`,
        `interval_hours`,
        `quality`,
        `temperature_c`,
        `precipitation_mm`,
        `wind_speed_m_s`
      FROM `project.weather.observations`
      WHERE
        `time` >= CAST('2026-08-03 00:00:00.000000+00:00' AS TIMESTAMP)
        AND `time` < CAST('2026-08-04 00:00:00.000000+00:00' AS TIMESTAMP)
    ) AS `t1`
    WHERE
      `t1`.`time` > TIMESTAMP('2026-08-02T21:00:00+00:00')
      AND `t1`.`time` <= TIMESTAMP('2026-08-03T21:00:00+00:00')
      AND `t1`.`quality` <> 'suspect'
  ) AS `t3`
  GROUP BY
    1,
    2,
    3
), `t24` AS (
  SELECT
    *
  FROM (
    SELECT
      `t19`.`variable`,
      `t19`.`location_id`,
      `t19`.`valid_time`,
      `t19`.`observed`,
      `t19`.`known_at`,
      `t19`.`truth_source`
    FROM (
      SELECT
        `t13`.`location_id`,
        `t13`.`valid_time`,
        'precipitation_mm' AS `variable`,
        ARRAY_AGG(
          `t13`.`precipitation_mm` IGNORE NULLS ORDER BY `t13`.`doubt` IS NULL, `t13`.`doubt`, COALESCE(`t13`.`distance_km`, 0.0) IS NULL, COALESCE(`t13`.`distance_km`, 0.0), `t13`.`source` IS NULL, `t13`.`source`
          LIMIT 1
        )[safe_offset(0)] AS `observed`,
        ARRAY_AGG(
          `t13`.`known_at` IGNORE NULLS ORDER BY `t13`.`doubt` IS NULL, `t13`.`doubt`, COALESCE(`t13`.`distance_km`, 0.0) IS NULL, COALESCE(`t13`.`distance_km`, 0.0), `t13`.`source` IS NULL, `t13`.`source`
          LIMIT 1
        )[safe_offset(0)] AS `known_at`,
        ARRAY_AGG(
          `t13`.`source` IGNORE NULLS ORDER BY `t13`.`doubt` IS NULL, `t13`.`doubt`, COALESCE(`t13`.`distance_km`, 0.0) IS NULL, COALESCE(`t13`.`distance_km`, 0.0), `t13`.`source` IS NULL, `t13`.`source`
          LIMIT 1
        )[safe_offset(0)] AS `truth_source`
      FROM (
        SELECT
          *
        FROM `t5` AS `t7`
        WHERE
          `t7`.`precipitation_mm` IS NOT NULL
      ) AS `t13`
      GROUP BY
        1,
        2
    ) AS `t19`
  ) AS `t22`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t17`.`variable`,
        `t17`.`location_id`,
        `t17`.`valid_time`,
        `t17`.`observed`,
        `t17`.`known_at`,
        `t17`.`truth_source`
      FROM (
        SELECT
          `t11`.`location_id`,
          `t11`.`valid_time`,
          'temperature_c' AS `variable`,
          ARRAY_AGG(
            `t11`.`temperature_c` IGNORE NULLS ORDER BY `t11`.`doubt` IS NULL, `t11`.`doubt`, COALESCE(`t11`.`distance_km`, 0.0) IS NULL, COALESCE(`t11`.`distance_km`, 0.0), `t11`.`source` IS NULL, `t11`.`source`
            LIMIT 1
          )[safe_offset(0)] AS `observed`,
          ARRAY_AGG(
            `t11`.`known_at` IGNORE NULLS ORDER BY `t11`.`doubt` IS NULL, `t11`.`doubt`, COALESCE(`t11`.`distance_km`, 0.0) IS NULL, COALESCE(`t11`.`distance_km`, 0.0), `t11`.`source` IS NULL, `t11`.`source`
            LIMIT 1
          )[safe_offset(0)] AS `known_at`,
          ARRAY_AGG(
            `t11`.`source` IGNORE NULLS ORDER BY `t11`.`doubt` IS NULL, `t11`.`doubt`, COALESCE(`t11`.`distance_km`, 0.0) IS NULL, COALESCE(`t11`.`distance_km`, 0.0), `t11`.`source` IS NULL, `t11`.`source`
            LIMIT 1
          )[safe_offset(0)] AS `truth_source`
        FROM (
          SELECT
            *
          FROM `t5` AS `t7`
          WHERE
            `t7`.`temperature_c` IS NOT NULL
        ) AS `t11`
        GROUP BY
          1,
          2
      ) AS `t17`
    ) AS `t20`
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        `t18`.`variable`,
        `t18`.`location_id`,
        `t18`.`valid_time`,
        `t18`.`observed`,
        `t18`.`known_at`,
        `t18`.`truth_source`
      FROM (
        SELECT
          `t12`.`location_id`,
          `t12`.`valid_time`,
          'wind_speed_m_s' AS `variable`,
          ARRAY_AGG(
            `t12`.`wind_speed_m_s` IGNORE NULLS ORDER BY `t12`.`doubt` IS NULL, `t12`.`doubt`, COALESCE(`t12`.`distance_km`, 0.0) IS NULL, COALESCE(`t12`.`distance_km`, 0.0), `t12`.`source` IS NULL, `t12`.`source`
            LIMIT 1
          )[safe_offset(0)] AS `observed`,
          ARRAY_AGG(
            `t12`.`known_at` IGNORE NULLS ORDER BY `t12`.`doubt` IS NULL, `t12`.`doubt`, COALESCE(`t12`.`distance_km`, 0.0) IS NULL, COALESCE(`t12`.`distance_km`, 0.0), `t12`.`source` IS NULL, `t12`.`source`
            LIMIT 1
          )[safe_offset(0)] AS `known_at`,
          ARRAY_AGG(
            `t12`.`source` IGNORE NULLS ORDER BY `t12`.`doubt` IS NULL, `t12`.`doubt`, COALESCE(`t12`.`distance_km`, 0.0) IS NULL, COALESCE(`t12`.`distance_km`, 0.0), `t12`.`source` IS NULL, `t12`.`source`
            LIMIT 1
          )[safe_offset(0)] AS `truth_source`
        FROM (
          SELECT
            *
          FROM `t5` AS `t7`
          WHERE
            `t7`.`wind_speed_m_s` IS NOT NULL
        ) AS `t12`
        GROUP BY
          1,
          2
      ) AS `t18`
    ) AS `t21`
  ) AS `t23`
)
SELECT
  *
FROM (
  SELECT
    `t35`.`feed`,
    `t35`.`location_id`,
    `t35`.`cycle`,
    `t35`.`valid_time`,
    `t35`.`precipitation_mm` AS `forecast`,
    `t35`.`observed`,
    `t35`.`truth_source`,
    'precipitation_mm' AS `variable`,
    ieee_divide(UNIX_SECONDS(`t35`.`valid_time`) - UNIX_SECONDS(`t35`.`fetched_at`), 3600) AS `lead_hours`,
    `t35`.`precipitation_mm` - `t35`.`observed` AS `error`,
    GREATEST(`t35`.`known_at`, `t35`.`fetched_at`) AS `known_at`
  FROM (
    SELECT
      `t16`.`feed`,
      `t16`.`location_id`,
      `t16`.`cycle`,
      `t16`.`valid_time`,
      `t16`.`fetched_at`,
      `t16`.`issue_age_hours`,
      `t16`.`elevation_m`,
      `t16`.`temperature_c`,
      `t16`.`wind_speed_m_s`,
      `t16`.`precipitation_mm`,
      `t32`.`observed`,
      `t32`.`known_at`,
      `t32`.`truth_source`
    FROM (
      SELECT
        *
      FROM `t4` AS `t6`
      WHERE
        `t6`.`precipitation_mm` IS NOT NULL
    ) AS `t16`
    INNER JOIN (
      SELECT
        `t26`.*
        EXCEPT (`variable`)
      FROM (
        SELECT
          *
        FROM `t24` AS `t25`
        WHERE
          `t25`.`variable` = 'precipitation_mm'
      ) AS `t26`
    ) AS `t32`
      ON `t16`.`location_id` = `t32`.`location_id`
      AND `t16`.`valid_time` = `t32`.`valid_time`
  ) AS `t35`
) AS `t38`
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t36`.`feed`,
      `t36`.`location_id`,
      `t36`.`cycle`,
      `t36`.`valid_time`,
      `t36`.`temperature_c` AS `forecast`,
      `t36`.`observed`,
      `t36`.`truth_source`,
      'temperature_c' AS `variable`,
      ieee_divide(UNIX_SECONDS(`t36`.`valid_time`) - UNIX_SECONDS(`t36`.`fetched_at`), 3600) AS `lead_hours`,
      `t36`.`temperature_c` - `t36`.`observed` AS `error`,
      GREATEST(`t36`.`known_at`, `t36`.`fetched_at`) AS `known_at`
    FROM (
      SELECT
        `t14`.`feed`,
        `t14`.`location_id`,
        `t14`.`cycle`,
        `t14`.`valid_time`,
        `t14`.`fetched_at`,
        `t14`.`issue_age_hours`,
        `t14`.`elevation_m`,
        `t14`.`temperature_c`,
        `t14`.`wind_speed_m_s`,
        `t14`.`precipitation_mm`,
        `t33`.`observed`,
        `t33`.`known_at`,
        `t33`.`truth_source`
      FROM (
        SELECT
          *
        FROM `t4` AS `t6`
        WHERE
          `t6`.`temperature_c` IS NOT NULL
      ) AS `t14`
      INNER JOIN (
        SELECT
          `t27`.*
          EXCEPT (`variable`)
        FROM (
          SELECT
            *
          FROM `t24` AS `t25`
          WHERE
            `t25`.`variable` = 'temperature_c'
        ) AS `t27`
      ) AS `t33`
        ON `t14`.`location_id` = `t33`.`location_id`
        AND `t14`.`valid_time` = `t33`.`valid_time`
    ) AS `t36`
  ) AS `t39`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      `t37`.`feed`,
      `t37`.`location_id`,
      `t37`.`cycle`,
      `t37`.`valid_time`,
      `t37`.`wind_speed_m_s` AS `forecast`,
      `t37`.`observed`,
      `t37`.`truth_source`,
      'wind_speed_m_s' AS `variable`,
      ieee_divide(UNIX_SECONDS(`t37`.`valid_time`) - UNIX_SECONDS(`t37`.`fetched_at`), 3600) AS `lead_hours`,
      `t37`.`wind_speed_m_s` - `t37`.`observed` AS `error`,
      GREATEST(`t37`.`known_at`, `t37`.`fetched_at`) AS `known_at`
    FROM (
      SELECT
        `t15`.`feed`,
        `t15`.`location_id`,
        `t15`.`cycle`,
        `t15`.`valid_time`,
        `t15`.`fetched_at`,
        `t15`.`issue_age_hours`,
        `t15`.`elevation_m`,
        `t15`.`temperature_c`,
        `t15`.`wind_speed_m_s`,
        `t15`.`precipitation_mm`,
        `t34`.`observed`,
        `t34`.`known_at`,
        `t34`.`truth_source`
      FROM (
        SELECT
          *
        FROM `t4` AS `t6`
        WHERE
          `t6`.`wind_speed_m_s` IS NOT NULL
      ) AS `t15`
      INNER JOIN (
        SELECT
          `t28`.*
          EXCEPT (`variable`)
        FROM (
          SELECT
            *
          FROM `t24` AS `t25`
          WHERE
            `t25`.`variable` = 'wind_speed_m_s'
        ) AS `t28`
      ) AS `t34`
        ON `t15`.`location_id` = `t34`.`location_id`
        AND `t15`.`valid_time` = `t34`.`valid_time`
    ) AS `t37`
  ) AS `t40`
) AS `t41`
