SELECT
  `t3`.`variable`,
  `t3`.`location_id`,
  `t3`.`cycle`,
  `t3`.`valid_time`,
  `t3`.`known_at`,
  `t3`.`lead_hours`,
  `t3`.`q50`,
  `t3`.`degraded`,
  `t9`.`observed`,
  `t9`.`truth_source`
FROM (
  SELECT
    *
  FROM (
    SELECT
      `variable`,
      `location_id`,
      `cycle`,
      `valid_time`,
      `known_at`,
      `lead_hours`,
      `q50`,
      `degraded`
    FROM `project.weather.predictions`
    WHERE
      `cycle` >= CAST('2026-08-03 00:00:00.000000+00:00' AS TIMESTAMP)
      AND `cycle` < CAST('2026-08-04 00:00:00.000000+00:00' AS TIMESTAMP)
  ) AS `t0`
  WHERE
    `t0`.`variable` = 'temperature_c'
    AND `t0`.`valid_time` >= TIMESTAMP('2026-08-03T00:00:00+00:00')
    AND `t0`.`valid_time` < TIMESTAMP('2026-08-04T00:00:00+00:00')
) AS `t3`
INNER JOIN (
  SELECT
    `t7`.`location_id`,
    `t7`.`valid_time`,
    `t7`.`observed`,
    `t7`.`truth_source`
  FROM (
    SELECT
      `t6`.`location_id`,
      `t6`.`valid_time`,
      'temperature_c' AS `variable`,
      ARRAY_AGG(
        `t6`.`temperature_c` IGNORE NULLS ORDER BY `t6`.`doubt` IS NULL, `t6`.`doubt`, COALESCE(`t6`.`distance_km`, 0.0) IS NULL, COALESCE(`t6`.`distance_km`, 0.0), `t6`.`source` IS NULL, `t6`.`source`
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
      FROM (
        SELECT
          `t4`.`location_id`,
          `t4`.`source`,
          `t4`.`grid_time` AS `valid_time`,
          MAX(`t4`.`known_at`) AS `known_at`,
          MAX(CAST(`t4`.`quality` <> 'good' AS INT64)) AS `doubt`,
          MIN(`t4`.`distance_km`) AS `distance_km`,
          MAX(IF(`t4`.`at_grid`, `t4`.`temperature_c`, NULL)) AS `temperature_c`
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
            `t1`.`quality` <> 'suspect'
        ) AS `t4`
        GROUP BY
          1,
          2,
          3
      ) AS `t5`
      WHERE
        `t5`.`temperature_c` IS NOT NULL
    ) AS `t6`
    GROUP BY
      1,
      2
  ) AS `t7`
) AS `t9`
  ON `t3`.`location_id` = `t9`.`location_id` AND `t3`.`valid_time` = `t9`.`valid_time`
