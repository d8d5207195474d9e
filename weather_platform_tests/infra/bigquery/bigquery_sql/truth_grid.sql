WITH `t2` AS (
  SELECT
    `t1`.`location_id`,
    `t1`.`source`,
    `t1`.`grid_time` AS `valid_time`,
    MAX(`t1`.`known_at`) AS `known_at`,
    MAX(CAST(`t1`.`quality` <> 'good' AS INT64)) AS `doubt`,
    MIN(`t1`.`distance_km`) AS `distance_km`,
    MAX(IF(`t1`.`at_grid`, `t1`.`temperature_c`, NULL)) AS `temperature_c`,
    MAX(IF(`t1`.`at_grid`, `t1`.`wind_speed_m_s`, NULL)) AS `wind_speed_m_s`,
    IF(
      COUNT(IF(`t1`.`interval_hours` = 1, `t1`.`precipitation_mm`, NULL)) = 3,
      ieee_divide(
        CAST(SUM(
          IF(
            `t1`.`interval_hours` = 1,
            CAST(ROUND(`t1`.`precipitation_mm` * 1000000000, 0) AS INT64),
            NULL
          )
        ) AS FLOAT64),
        1000000000
      ),
      MAX(
        IF(`t1`.`at_grid` AND (
          `t1`.`interval_hours` = 3
        ), `t1`.`precipitation_mm`, NULL)
      )
    ) AS `precipitation_mm`
  FROM (
    SELECT
      `t0`.`location_id`,
      `t0`.`source`,
      `t0`.`time`,
      `t0`.`known_at`,
      `t0`.`distance_km`,
      `t0`.`interval_hours`,
      `t0`.`quality`,
      `t0`.`temperature_c`,
      `t0`.`precipitation_mm`,
      `t0`.`wind_speed_m_s`,
      CAST(TIMESTAMP_SECONDS(
        UNIX_SECONDS(`t0`.`time`) + (
          MOD(10800 - (
            MOD(UNIX_SECONDS(`t0`.`time`), 10800)
          ), 10800)
        )
      ) AS TIMESTAMP) AS `grid_time`,
      (
        MOD(10800 - (
          MOD(UNIX_SECONDS(`t0`.`time`), 10800)
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
    ) AS `t0`
    WHERE
      `t0`.`quality` <> 'suspect'
  ) AS `t1`
  GROUP BY
    1,
    2,
    3
)
SELECT
  *
FROM (
  SELECT
    `t9`.`variable`,
    `t9`.`location_id`,
    `t9`.`valid_time`,
    `t9`.`observed`,
    `t9`.`known_at`,
    `t9`.`truth_source`
  FROM (
    SELECT
      `t6`.`location_id`,
      `t6`.`valid_time`,
      'precipitation_mm' AS `variable`,
      ARRAY_AGG(
        `t6`.`precipitation_mm` IGNORE NULLS ORDER BY `t6`.`doubt` IS NULL, `t6`.`doubt`, COALESCE(`t6`.`distance_km`, 0.0) IS NULL, COALESCE(`t6`.`distance_km`, 0.0), `t6`.`source` IS NULL, `t6`.`source`
        LIMIT 1
      )[safe_offset(0)] AS `observed`,
      ARRAY_AGG(
        `t6`.`known_at` IGNORE NULLS ORDER BY `t6`.`doubt` IS NULL, `t6`.`doubt`, COALESCE(`t6`.`distance_km`, 0.0) IS NULL, COALESCE(`t6`.`distance_km`, 0.0), `t6`.`source` IS NULL, `t6`.`source`
        LIMIT 1
      )[safe_offset(0)] AS `known_at`,
      ARRAY_AGG(
        `t6`.`source` IGNORE NULLS ORDER BY `t6`.`doubt` IS NULL, `t6`.`doubt`, COALESCE(`t6`.`distance_km`, 0.0) IS NULL, COALESCE(`t6`.`distance_km`, 0.0), `t6`.`source` IS NULL, `t6`.`source`
        LIMIT 1
      )[safe_offset(0)] AS `truth_source`
    FROM (
      SELECT
        *
      FROM `t2` AS `t3`
      WHERE
        `t3`.`precipitation_mm` IS NOT NULL
    ) AS `t6`
    GROUP BY
      1,
      2
  ) AS `t9`
) AS `t12`
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      `t7`.`variable`,
      `t7`.`location_id`,
      `t7`.`valid_time`,
      `t7`.`observed`,
      `t7`.`known_at`,
      `t7`.`truth_source`
    FROM (
      SELECT
        `t4`.`location_id`,
        `t4`.`valid_time`,
        'temperature_c' AS `variable`,
        ARRAY_AGG(
          `t4`.`temperature_c` IGNORE NULLS ORDER BY `t4`.`doubt` IS NULL, `t4`.`doubt`, COALESCE(`t4`.`distance_km`, 0.0) IS NULL, COALESCE(`t4`.`distance_km`, 0.0), `t4`.`source` IS NULL, `t4`.`source`
          LIMIT 1
        )[safe_offset(0)] AS `observed`,
        ARRAY_AGG(
          `t4`.`known_at` IGNORE NULLS ORDER BY `t4`.`doubt` IS NULL, `t4`.`doubt`, COALESCE(`t4`.`distance_km`, 0.0) IS NULL, COALESCE(`t4`.`distance_km`, 0.0), `t4`.`source` IS NULL, `t4`.`source`
          LIMIT 1
        )[safe_offset(0)] AS `known_at`,
        ARRAY_AGG(
          `t4`.`source` IGNORE NULLS ORDER BY `t4`.`doubt` IS NULL, `t4`.`doubt`, COALESCE(`t4`.`distance_km`, 0.0) IS NULL, COALESCE(`t4`.`distance_km`, 0.0), `t4`.`source` IS NULL, `t4`.`source`
          LIMIT 1
        )[safe_offset(0)] AS `truth_source`
      FROM (
        SELECT
          *
        FROM `t2` AS `t3`
        WHERE
          `t3`.`temperature_c` IS NOT NULL
      ) AS `t4`
      GROUP BY
        1,
        2
    ) AS `t7`
  ) AS `t10`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      `t8`.`variable`,
      `t8`.`location_id`,
      `t8`.`valid_time`,
      `t8`.`observed`,
      `t8`.`known_at`,
      `t8`.`truth_source`
    FROM (
      SELECT
        `t5`.`location_id`,
        `t5`.`valid_time`,
        'wind_speed_m_s' AS `variable`,
        ARRAY_AGG(
          `t5`.`wind_speed_m_s` IGNORE NULLS ORDER BY `t5`.`doubt` IS NULL, `t5`.`doubt`, COALESCE(`t5`.`distance_km`, 0.0) IS NULL, COALESCE(`t5`.`distance_km`, 0.0), `t5`.`source` IS NULL, `t5`.`source`
          LIMIT 1
        )[safe_offset(0)] AS `observed`,
        ARRAY_AGG(
          `t5`.`known_at` IGNORE NULLS ORDER BY `t5`.`doubt` IS NULL, `t5`.`doubt`, COALESCE(`t5`.`distance_km`, 0.0) IS NULL, COALESCE(`t5`.`distance_km`, 0.0), `t5`.`source` IS NULL, `t5`.`source`
          LIMIT 1
        )[safe_offset(0)] AS `known_at`,
        ARRAY_AGG(
          `t5`.`source` IGNORE NULLS ORDER BY `t5`.`doubt` IS NULL, `t5`.`doubt`, COALESCE(`t5`.`distance_km`, 0.0) IS NULL, COALESCE(`t5`.`distance_km`, 0.0), `t5`.`source` IS NULL, `t5`.`source`
          LIMIT 1
        )[safe_offset(0)] AS `truth_source`
      FROM (
        SELECT
          *
        FROM `t2` AS `t3`
        WHERE
          `t3`.`wind_speed_m_s` IS NOT NULL
      ) AS `t5`
      GROUP BY
        1,
        2
    ) AS `t8`
  ) AS `t11`
) AS `t13`
