SELECT
  `t1`.`feed`,
  `t1`.`variable`,
  `t1`.`location_id`,
  `t1`.`day`,
  CAST(FLOOR(ieee_divide(`t1`.`lead_hours`, 24)) AS INT64) AS `lead_day`,
  CAST(FLOOR(ieee_divide(EXTRACT(hour FROM `t1`.`valid_time`), 6)) AS INT64) AS `hour_block`,
  COUNT(*) AS `n`,
  SUM(`t1`.`error`) AS `error_sum`,
  SUM(ABS(`t1`.`error`)) AS `absolute_error_sum`,
  SUM(`t1`.`error` * `t1`.`error`) AS `squared_error_sum`,
  SUM(`t1`.`observed`) AS `observed_sum`,
  MAX(`t1`.`known_at`) AS `known_at`
FROM (
  SELECT
    `t0`.`feed`,
    `t0`.`variable`,
    `t0`.`location_id`,
    `t0`.`cycle`,
    `t0`.`valid_time`,
    `t0`.`lead_hours`,
    `t0`.`forecast`,
    `t0`.`observed`,
    `t0`.`error`,
    `t0`.`truth_source`,
    `t0`.`known_at`,
    CAST(TIMESTAMP_TRUNC(`t0`.`valid_time`, DAY) AS TIMESTAMP) AS `day`
  FROM `project`.`weather`.`forecast_errors` AS `t0`
  WHERE
    `t0`.`valid_time` >= TIMESTAMP('2026-08-03T00:00:00+00:00')
    AND `t0`.`valid_time` < TIMESTAMP('2026-08-04T00:00:00+00:00')
) AS `t1`
GROUP BY
  1,
  2,
  3,
  4,
  5,
  6
