WITH `t5` AS (
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
      SUM(IF(`t3`.`interval_hours` = 1, `t3`.`precipitation_mm`, NULL)),
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
), `t18` AS (
  SELECT
    *
  FROM (
    SELECT
      `t13`.`variable`,
      `t13`.`location_id`,
      `t13`.`valid_time`,
      `t13`.`observed`,
      `t13`.`known_at`,
      `t13`.`truth_source`
    FROM (
      SELECT
        `t10`.`location_id`,
        `t10`.`valid_time`,
        'precipitation_mm' AS `variable`,
        ARRAY_AGG(
          `t10`.`precipitation_mm` IGNORE NULLS ORDER BY `t10`.`doubt` IS NULL, `t10`.`doubt`, COALESCE(`t10`.`distance_km`, 0.0) IS NULL, COALESCE(`t10`.`distance_km`, 0.0), `t10`.`source` IS NULL, `t10`.`source`
          LIMIT 1
        )[safe_offset(0)] AS `observed`,
        ARRAY_AGG(
          `t10`.`known_at` IGNORE NULLS ORDER BY `t10`.`doubt` IS NULL, `t10`.`doubt`, COALESCE(`t10`.`distance_km`, 0.0) IS NULL, COALESCE(`t10`.`distance_km`, 0.0), `t10`.`source` IS NULL, `t10`.`source`
          LIMIT 1
        )[safe_offset(0)] AS `known_at`,
        ARRAY_AGG(
          `t10`.`source` IGNORE NULLS ORDER BY `t10`.`doubt` IS NULL, `t10`.`doubt`, COALESCE(`t10`.`distance_km`, 0.0) IS NULL, COALESCE(`t10`.`distance_km`, 0.0), `t10`.`source` IS NULL, `t10`.`source`
          LIMIT 1
        )[safe_offset(0)] AS `truth_source`
      FROM (
        SELECT
          *
        FROM `t5` AS `t7`
        WHERE
          `t7`.`precipitation_mm` IS NOT NULL
      ) AS `t10`
      GROUP BY
        1,
        2
    ) AS `t13`
  ) AS `t16`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t11`.`variable`,
        `t11`.`location_id`,
        `t11`.`valid_time`,
        `t11`.`observed`,
        `t11`.`known_at`,
        `t11`.`truth_source`
      FROM (
        SELECT
          `t8`.`location_id`,
          `t8`.`valid_time`,
          'temperature_c' AS `variable`,
          ARRAY_AGG(
            `t8`.`temperature_c` IGNORE NULLS ORDER BY `t8`.`doubt` IS NULL, `t8`.`doubt`, COALESCE(`t8`.`distance_km`, 0.0) IS NULL, COALESCE(`t8`.`distance_km`, 0.0), `t8`.`source` IS NULL, `t8`.`source`
            LIMIT 1
          )[safe_offset(0)] AS `observed`,
          ARRAY_AGG(
            `t8`.`known_at` IGNORE NULLS ORDER BY `t8`.`doubt` IS NULL, `t8`.`doubt`, COALESCE(`t8`.`distance_km`, 0.0) IS NULL, COALESCE(`t8`.`distance_km`, 0.0), `t8`.`source` IS NULL, `t8`.`source`
            LIMIT 1
          )[safe_offset(0)] AS `known_at`,
          ARRAY_AGG(
            `t8`.`source` IGNORE NULLS ORDER BY `t8`.`doubt` IS NULL, `t8`.`doubt`, COALESCE(`t8`.`distance_km`, 0.0) IS NULL, COALESCE(`t8`.`distance_km`, 0.0), `t8`.`source` IS NULL, `t8`.`source`
            LIMIT 1
          )[safe_offset(0)] AS `truth_source`
        FROM (
          SELECT
            *
          FROM `t5` AS `t7`
          WHERE
            `t7`.`temperature_c` IS NOT NULL
        ) AS `t8`
        GROUP BY
          1,
          2
      ) AS `t11`
    ) AS `t14`
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        `t12`.`variable`,
        `t12`.`location_id`,
        `t12`.`valid_time`,
        `t12`.`observed`,
        `t12`.`known_at`,
        `t12`.`truth_source`
      FROM (
        SELECT
          `t9`.`location_id`,
          `t9`.`valid_time`,
          'wind_speed_m_s' AS `variable`,
          ARRAY_AGG(
            `t9`.`wind_speed_m_s` IGNORE NULLS ORDER BY `t9`.`doubt` IS NULL, `t9`.`doubt`, COALESCE(`t9`.`distance_km`, 0.0) IS NULL, COALESCE(`t9`.`distance_km`, 0.0), `t9`.`source` IS NULL, `t9`.`source`
            LIMIT 1
          )[safe_offset(0)] AS `observed`,
          ARRAY_AGG(
            `t9`.`known_at` IGNORE NULLS ORDER BY `t9`.`doubt` IS NULL, `t9`.`doubt`, COALESCE(`t9`.`distance_km`, 0.0) IS NULL, COALESCE(`t9`.`distance_km`, 0.0), `t9`.`source` IS NULL, `t9`.`source`
            LIMIT 1
          )[safe_offset(0)] AS `known_at`,
          ARRAY_AGG(
            `t9`.`source` IGNORE NULLS ORDER BY `t9`.`doubt` IS NULL, `t9`.`doubt`, COALESCE(`t9`.`distance_km`, 0.0) IS NULL, COALESCE(`t9`.`distance_km`, 0.0), `t9`.`source` IS NULL, `t9`.`source`
            LIMIT 1
          )[safe_offset(0)] AS `truth_source`
        FROM (
          SELECT
            *
          FROM `t5` AS `t7`
          WHERE
            `t7`.`wind_speed_m_s` IS NOT NULL
        ) AS `t9`
        GROUP BY
          1,
          2
      ) AS `t12`
    ) AS `t15`
  ) AS `t17`
)
SELECT
  *
FROM (
  SELECT
    `t29`.`feed`,
    `t29`.`location_id`,
    `t29`.`cycle`,
    `t29`.`valid_time`,
    `t29`.`precipitation_mm` AS `forecast`,
    `t29`.`observed`,
    `t29`.`truth_source`,
    'precipitation_mm' AS `variable`,
    ieee_divide(UNIX_SECONDS(`t29`.`valid_time`) - UNIX_SECONDS(`t29`.`fetched_at`), 3600) AS `lead_hours`,
    `t29`.`precipitation_mm` - `t29`.`observed` AS `error`,
    GREATEST(`t29`.`known_at`, `t29`.`fetched_at`) AS `known_at`
  FROM (
    SELECT
      `t6`.`feed`,
      `t6`.`location_id`,
      `t6`.`cycle`,
      `t6`.`valid_time`,
      `t6`.`fetched_at`,
      `t6`.`issue_age_hours`,
      `t6`.`elevation_m`,
      `t6`.`temperature_c`,
      `t6`.`wind_speed_m_s`,
      `t6`.`precipitation_mm`,
      `t26`.`observed`,
      `t26`.`known_at`,
      `t26`.`truth_source`
    FROM (
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
          SUM(IF(`t2`.`interval_hours` = 1, `t2`.`precipitation_mm`, NULL)),
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
    ) AS `t6`
    INNER JOIN (
      SELECT
        `t20`.*
        EXCEPT (`variable`)
      FROM (
        SELECT
          *
        FROM `t18` AS `t19`
        WHERE
          `t19`.`variable` = 'precipitation_mm'
      ) AS `t20`
    ) AS `t26`
      ON `t6`.`location_id` = `t26`.`location_id`
      AND `t6`.`valid_time` = `t26`.`valid_time`
  ) AS `t29`
  WHERE
    `t29`.`precipitation_mm` IS NOT NULL
) AS `t32`
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t30`.`feed`,
      `t30`.`location_id`,
      `t30`.`cycle`,
      `t30`.`valid_time`,
      `t30`.`temperature_c` AS `forecast`,
      `t30`.`observed`,
      `t30`.`truth_source`,
      'temperature_c' AS `variable`,
      ieee_divide(UNIX_SECONDS(`t30`.`valid_time`) - UNIX_SECONDS(`t30`.`fetched_at`), 3600) AS `lead_hours`,
      `t30`.`temperature_c` - `t30`.`observed` AS `error`,
      GREATEST(`t30`.`known_at`, `t30`.`fetched_at`) AS `known_at`
    FROM (
      SELECT
        `t6`.`feed`,
        `t6`.`location_id`,
        `t6`.`cycle`,
        `t6`.`valid_time`,
        `t6`.`fetched_at`,
        `t6`.`issue_age_hours`,
        `t6`.`elevation_m`,
        `t6`.`temperature_c`,
        `t6`.`wind_speed_m_s`,
        `t6`.`precipitation_mm`,
        `t27`.`observed`,
        `t27`.`known_at`,
        `t27`.`truth_source`
      FROM (
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
            SUM(IF(`t2`.`interval_hours` = 1, `t2`.`precipitation_mm`, NULL)),
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
      ) AS `t6`
      INNER JOIN (
        SELECT
          `t21`.*
          EXCEPT (`variable`)
        FROM (
          SELECT
            *
          FROM `t18` AS `t19`
          WHERE
            `t19`.`variable` = 'temperature_c'
        ) AS `t21`
      ) AS `t27`
        ON `t6`.`location_id` = `t27`.`location_id`
        AND `t6`.`valid_time` = `t27`.`valid_time`
    ) AS `t30`
    WHERE
      `t30`.`temperature_c` IS NOT NULL
  ) AS `t33`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      `t31`.`feed`,
      `t31`.`location_id`,
      `t31`.`cycle`,
      `t31`.`valid_time`,
      `t31`.`wind_speed_m_s` AS `forecast`,
      `t31`.`observed`,
      `t31`.`truth_source`,
      'wind_speed_m_s' AS `variable`,
      ieee_divide(UNIX_SECONDS(`t31`.`valid_time`) - UNIX_SECONDS(`t31`.`fetched_at`), 3600) AS `lead_hours`,
      `t31`.`wind_speed_m_s` - `t31`.`observed` AS `error`,
      GREATEST(`t31`.`known_at`, `t31`.`fetched_at`) AS `known_at`
    FROM (
      SELECT
        `t6`.`feed`,
        `t6`.`location_id`,
        `t6`.`cycle`,
        `t6`.`valid_time`,
        `t6`.`fetched_at`,
        `t6`.`issue_age_hours`,
        `t6`.`elevation_m`,
        `t6`.`temperature_c`,
        `t6`.`wind_speed_m_s`,
        `t6`.`precipitation_mm`,
        `t28`.`observed`,
        `t28`.`known_at`,
        `t28`.`truth_source`
      FROM (
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
            SUM(IF(`t2`.`interval_hours` = 1, `t2`.`precipitation_mm`, NULL)),
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
      ) AS `t6`
      INNER JOIN (
        SELECT
          `t22`.*
          EXCEPT (`variable`)
        FROM (
          SELECT
            *
          FROM `t18` AS `t19`
          WHERE
            `t19`.`variable` = 'wind_speed_m_s'
        ) AS `t22`
      ) AS `t28`
        ON `t6`.`location_id` = `t28`.`location_id`
        AND `t6`.`valid_time` = `t28`.`valid_time`
    ) AS `t31`
    WHERE
      `t31`.`wind_speed_m_s` IS NOT NULL
  ) AS `t34`
) AS `t35`
