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
  MAX(
    IF(
      `t1`.`at_grid`,
      IF(
        `t1`.`wind_speed_m_s` = 0,
        0.0,
        -(
          `t1`.`wind_speed_m_s` * SIN(`t1`.`wind_direction_deg` * 0.017453292519943295)
        )
      ),
      NULL
    )
  ) AS `wind_eastward_m_s`,
  MAX(
    IF(
      `t1`.`at_grid`,
      IF(
        `t1`.`wind_speed_m_s` = 0,
        0.0,
        -(
          `t1`.`wind_speed_m_s` * COS(`t1`.`wind_direction_deg` * 0.017453292519943295)
        )
      ),
      NULL
    )
  ) AS `wind_northward_m_s`
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
    `t0`.`wind_direction_deg`,
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
      `wind_speed_m_s`,
      `wind_direction_deg`
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
