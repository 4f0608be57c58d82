#!/usr/bin/env python3
"""Splink on the same records, as its documentation advises for people: term frequencies, its own comparisons, EM without labels.

splink_dedupe.py PEOPLE.csv PAIRS.csv CLUSTERS.csv: writes what `linkage dedupe` writes.
"""
import logging
import sys

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

logging.getLogger("splink").setLevel(logging.ERROR)
people, pairs, clusters = sys.argv[1:4]
con = duckdb.connect()
con.execute("set threads = 2")
con.execute(f"""
  create table cleaned as select
    rec_id as unique_id,
    nullif(lower(strip_accents(trim(first_name))), '') as first_name,
    nullif(lower(strip_accents(trim(last_name))), '') as surname,
    nullif(dob, '') as dob, nullif(sex, '') as sex,
    nullif(upper(replace(postcode, ' ', '')), '') as postcode,
    nullif(upper(replace(postcode, ' ', '')), '') || ' ' || lower(house) as home,
    nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 10), '') as phone,
    nullif(lower(email), '') as email, nullif(nhs, '') as nhs, nullif(upn, '') as upn, nullif(nino, '') as nino
  from read_csv('{people}', all_varchar = true)""")
rules = [
    block_on("nhs"), block_on("upn"), block_on("nino"), block_on("email"), block_on("dob", "surname"), block_on("dob", "first_name"),
    block_on("postcode", "first_name"), block_on("postcode", "surname", "substr(first_name, 1, 1)"),
    block_on("phone", "substr(first_name, 1, 2)"), block_on("first_name", "surname", "substr(dob, 1, 4)"),
    block_on("first_name", "surname", "substr(dob, 6, 5)"), block_on("dob", "substr(postcode, 1, 4)"),
    "l.first_name = r.surname and l.surname = r.first_name and l.dob = r.dob",
]
tf = dict(term_frequency_adjustments=True)
settings = SettingsCreator(
    link_type="dedupe_only",
    blocking_rules_to_generate_predictions=rules,
    comparisons=[
        cl.JaroWinklerAtThresholds("first_name", [0.92, 0.8]).configure(**tf),
        cl.JaroWinklerAtThresholds("surname", [0.92, 0.8]).configure(**tf),
        cl.DateOfBirthComparison("dob", input_is_string=True, datetime_format="%Y-%m-%d", invalid_dates_as_null=True),
        cl.ExactMatch("sex"),
        cl.LevenshteinAtThresholds("home", [1, 2]).configure(**tf),
        cl.LevenshteinAtThresholds("postcode", 1).configure(**tf),
        cl.LevenshteinAtThresholds("phone", 1).configure(**tf),
        cl.ExactMatch("email"), cl.LevenshteinAtThresholds("nhs", 1), cl.ExactMatch("upn"), cl.LevenshteinAtThresholds("nino", 1),
    ],
)
linker = Linker(DuckDBAPI(connection=con).register(con.table("cleaned"), dataset_display_name="people"), settings)
sure = ["l.nhs = r.nhs", "l.upn = r.upn", "l.nino = r.nino", "l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob"]
linker.training.estimate_probability_two_random_records_match(sure, recall=0.6)
linker.training.estimate_u_using_random_sampling(max_pairs=2e7, seed=1)
for rule in (block_on("dob"), block_on("postcode", "first_name")):
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
predicted = linker.inference.predict(threshold_match_weight=-6)
gathered = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_weight=10)
con.execute(f"""copy (select unique_id_l as id_a, unique_id_r as id_b, match_weight as weight, match_probability as probability
  from {predicted.physical_name}) to '{pairs}' (header)""")
con.execute(f"copy (select unique_id as id, cluster_id as cluster from {gathered.physical_name}) to '{clusters}' (header)")
