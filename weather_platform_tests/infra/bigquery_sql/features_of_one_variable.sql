SELECT
  `t0`.`location_id`,
  `t0`.`cycle`,
  `t0`.`value__open_meteo__best_x2e_match`
FROM `project`.`weather`.`features` AS `t0`
WHERE
  `t0`.`cycle` >= TIMESTAMP('2026-08-03T00:00:00+00:00')
  AND `t0`.`cycle` < TIMESTAMP('2026-08-04T00:00:00+00:00')
  AND `t0`.`variable` = 'temperature_c'
