# Two commands matter: `make demo` tries it, `make test` tests it.

.PHONY: demo test bench bench-linkage

demo: ## Build, load made-up families, serve on http://localhost:8080 (PORT= to change)
	cargo run --quiet --package server -- demo

test: ## Install what is missing; every check; every test on both engines; the browser journeys
	scripts/test

bench: ## Time the release build on both engines
	scripts/bench

bench-linkage: ## Our matching engine beside Splink: PEOPLE=people.csv TRUTH=truth.csv
	scripts/bench-linkage
