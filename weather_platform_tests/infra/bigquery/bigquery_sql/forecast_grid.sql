SELECT
  `t1`.`feed`,
  `t1`.`location_id`,
  `t1`.`cycle`,
  `t1`.`grid_time` AS `valid_time`,
  MAX(`t1`.`fetched_at`) AS `fetched_at`,
  MIN(
    ieee_divide(UNIX_SECONDS(`t1`.`fetched_at`) - UNIX_SECONDS(`t1`.`issue_time`), 3600)
  ) AS `issue_age_hours`,
  MAX(`t1`.`elevation_m`) AS `elevation_m`,
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
) AS `t1`
GROUP BY
  1,
  2,
  3,
  4
