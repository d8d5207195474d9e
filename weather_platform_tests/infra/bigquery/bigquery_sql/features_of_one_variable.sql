SELECT
  `t0`.`location_id`,
  `t0`.`cycle`,
  `t0`.`value__open_meteo__best_x2e_match`
FROM (
  SELECT
    `variable`,
    `location_id`,
    `cycle`,
    `valid_time`,
    `known_at`,
    `lead_hours`,
    `elevation_m`,
    `value__open_meteo__best_x2e_match`
  FROM `project.weather.features`
  WHERE
    `cycle` >= CAST('2026-08-03 00:00:00.000000+00:00' AS TIMESTAMP)
    AND `cycle` < CAST('2026-08-04 00:00:00.000000+00:00' AS TIMESTAMP)
) AS `t0`
WHERE
  `t0`.`variable` = 'temperature_c'
