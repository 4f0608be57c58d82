# Two commands matter: `make demo` tries it, `make test` tests it.

.PHONY: demo test bench bench-tasks bench-linkage

demo: ## Build, load made-up families, serve on http://localhost:8080 (PORT= to change)
	cargo run --quiet --package server -- demo

test: ## Install what is missing; every check; every test on both engines; the browser journeys
	scripts/test

bench: ## Time the release build on both engines
	scripts/bench

bench-tasks: ## Count the seconds and keystrokes of the ten commonest tasks
	cargo build --quiet --package server
	cd journeys && node --test --test-reporter=spec tasks.test.js

bench-linkage: ## Our matching engine beside Splink: PEOPLE=people.csv TRUTH=truth.csv
	scripts/bench-linkage
