# `make` lists the targets. Needs: JDK 25, Maven, Go, and root for the local cluster.
.DEFAULT_GOAL := help
.PHONY: help demo test test-install fuzz crowd test-gpu build images images-cuda release plugin install bench bench-gpu bench-operator bench-scale cluster-up cluster-down cluster-status format clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

demo: install ## a cluster, Plimsoll, a real model, its status and an answer
	@e2e/demo

test: ## everything: unit, API server and cluster tests
	@e2e/test

test-install: ## how it comes to users and into clusters, beyond what make test has time for
	@e2e/test-install

test-gpu: build ## the tests of the runtime on this machine's NVIDIA GPUs
	@e2e/test-gpu

fuzz: ## a million mutated checkpoints, templates and requests each: typed errors only
	@e2e/fuzz

crowd: build ## a thousand clients at once, slow, vanishing and malformed ones among them, within memory.host
	@e2e/crowd

build: ## every module, without tests; then model-server/plimsoll runs from here
	@e2e/maven -Pcluster -DskipTests package
	@model-server/aot-cache

images: ## operator and model server as image tars in */target/image.tar
	@e2e/images

images-cuda: build ## the model server's image for NVIDIA GPUs: model-server/target/image-cuda.tar
	@e2e/images --cuda

release: images ## to any registry: REGISTRY=host/path [VERSION=...] [CUDA=true]; docs/install.md
	@e2e/release/release

plugin: ## kubectl plimsoll for this machine: kubectl-plimsoll/target belongs on the PATH
	@kubectl-plimsoll/build

install: images ## into the local cluster, or with PLIMSOLL_CLUSTER=existing into the one of KUBECONFIG
	@e2e/install

bench: build ## beside transformers on the CPU with the real model, ratios first; milliseconds of a plan
	@e2e/bench-planning
	@e2e/bench

bench-gpu: build ## beside transformers on this machine's GPUs with a 3B-shaped checkpoint, ratios first
	@e2e/bench-gpu

bench-scale: ## how long the demo's model takes from suspended, and from 0 replicas, to ready; needs make demo
	@e2e/bench-scale

bench-operator: install ## ten minutes of 50 deployments, some under load: how often their status is written
	@e2e/bench-operator

cluster-up: ## a real local Kubernetes, built once
	@e2e/cluster/cluster up

cluster-down: ## stops it; `e2e/cluster/cluster down --purge` also drops its state
	@e2e/cluster/cluster down

cluster-status: ## what of it runs
	@e2e/cluster/cluster status

format: ## the sources as the build wants them
	@e2e/maven -Pcluster spotless:apply

clean: ## what builds left in this folder; caches and the cluster stay
	@rm -rf target */target
