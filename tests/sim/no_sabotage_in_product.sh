#!/bin/bash
# The deliberate breaks of core/sabotage.hpp exist in the simulator only. Usage: no_sabotage_in_product.sh BELAYD BELAY-SIM
set -euo pipefail

if [[ $(nm -C "$2" | grep -c 'belay::sabotage::armed') -eq 0 ]]; then
  echo "the simulator has no sabotage symbols: this test would see none in belayd either" >&2
  exit 1
fi
if nm -C "$1" | grep 'belay::sabotage::armed'; then
  echo "belayd contains the deliberate breaks of core/sabotage.hpp" >&2
  exit 1
fi
