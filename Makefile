# Two commands: `make serve` and `make test`. Everything they need is installed in this folder only (.venv, node_modules, var).
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
DATA ?= var
VENV := .venv/bin
# The address pages name themselves by: that of this machine when listening everywhere, in brackets when it has colons.
NAMED := $(if $(filter 0.0.0.0 ::,$(HOST)),127.0.0.1,$(if $(findstring :,$(HOST)),[$(HOST)],$(HOST)))

.PHONY: help python serve test prepare format lock messages screenshots bench fuzz clean
help:
	@echo "make serve        prépare tout et ouvre l’exemple sur http://$(NAMED):$(PORT) (HOST=, PORT=, DATA=)"
	@echo "make test         prépare tout et lance tous les essais"
	@echo "make format       met en forme le code"
	@echo "make messages     met à jour les catalogues de traduction"
	@echo "make fuzz         donne un million de messages hostiles au moteur de coécriture (une dizaine de minutes)"
	@echo "make bench        mesure la coécriture à côté d’autres serveurs (SHORT=1 : en vingt minutes ; QUICK=1 : pour régler)"
	@echo "make screenshots  refait les captures d’écran de docs/images"
	@echo "make lock         recalcule les versions verrouillées (uv et npm)"

python:
	@command -v $(PYTHON) >/dev/null || { echo "✗ Il manque Python 3.11 ou plus récent ($(PYTHON) est introuvable). Indiquez-le : make PYTHON=/chemin/vers/python3"; exit 1; }

serve: python
	@$(PYTHON) tools/prepare.py serve
	@CONCERTE_EXAMPLE=true CONCERTE_DATA="$(DATA)" CONCERTE_BASE_URL="http://$(NAMED):$(PORT)" \
		$(VENV)/concerte serve --host "$(HOST)" --port "$(PORT)"

prepare: python
	@$(PYTHON) tools/prepare.py test

test: prepare
	@$(VENV)/python tools/check.py

format: prepare
	@$(VENV)/ruff format . && $(VENV)/ruff check --fix .

messages: prepare
	@$(VENV)/python tools/messages.py update

screenshots: prepare
	@$(VENV)/python tools/screenshots.py

lock: prepare
	@$(VENV)/python tools/lock.py

fuzz: prepare
	@FUZZ_FRAMES=1000000 $(VENV)/pytest tests/documents/test_fuzzing.py tests/documents/test_hostile_sockets.py -n 0 -s -q

bench: prepare
	@$(VENV)/python bench/run.py $(if $(QUICK),--quick) $(if $(SHORT),--short) $(if $(RUNS),--runs $(RUNS)) $(if $(ONLY),--only $(ONLY)) $(if $(SERVERS),--servers $(SERVERS))

clean:
	rm -rf .venv bench/.place frontend/node_modules tests/browser/node_modules concerte/common/static/concerte/dist
