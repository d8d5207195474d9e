SELECT
  `t1`.`feed`,
  `t1`.`variable`,
  `t1`.`location_id`,
  `t1`.`day`,
  CAST(FLOOR(ieee_divide(`t1`.`lead_hours`, 24)) AS INT64) AS `lead_day`,
  CAST(FLOOR(ieee_divide(EXTRACT(hour FROM `t1`.`valid_time`), 6)) AS INT64) AS `hour_block`,
  COUNT(*) AS `n`,
  ieee_divide(
    CAST(SUM(CAST(ROUND(`t1`.`error` * 1000000000, 0) AS INT64)) AS FLOAT64),
    1000000000
  ) AS `error_sum`,
  ieee_divide(
    CAST(SUM(CAST(ROUND(ABS(`t1`.`error`) * 1000000000, 0) AS INT64)) AS FLOAT64),
    1000000000
  ) AS `absolute_error_sum`,
  ieee_divide(
    CAST(SUM(CAST(ROUND(`t1`.`error` * `t1`.`error` * 1000000000, 0) AS INT64)) AS FLOAT64),
    1000000000
  ) AS `squared_error_sum`,
  ieee_divide(
    CAST(SUM(CAST(ROUND(`t1`.`observed` * 1000000000, 0) AS INT64)) AS FLOAT64),
    1000000000
  ) AS `observed_sum`,
  MAX(`t1`.`known_at`) AS `known_at`
FROM (
  SELECT
    `t0`.`feed`,
    `t0`.`variable`,
    `t0`.`location_id`,
    `t0`.`cycle`,
    `t0`.`valid_time`,
    `t0`.`lead_hours`,
    `t0`.`observed`,
    `t0`.`error`,
    `t0`.`known_at`,
    CAST(TIMESTAMP_TRUNC(`t0`.`valid_time`, DAY) AS TIMESTAMP) AS `day`
  FROM (
    SELECT
      `feed`,
      `variable`,
      `location_id`,
      `cycle`,
      `valid_time`,
      `lead_hours`,
      `observed`,
      `error`,
      `known_at`
    FROM `project.weather.forecast_errors`
    WHERE
      `valid_time` >= CAST('2026-08-03 00:00:00.000000+00:00' AS TIMESTAMP)
      AND `valid_time` < CAST('2026-08-04 00:00:00.000000+00:00' AS TIMESTAMP)
  ) AS `t0`
) AS `t1`
GROUP BY
  1,
  2,
  3,
  4,
  5,
  6
