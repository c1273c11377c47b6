#!/bin/sh
# test_qtractor.sh SCANNER PLUGIN: Qtractor accepts the CLAP plugin: two channels in and out, no MIDI in, one out, 14 parameters and 11
# outputs.
set -eu
found=$(echo "CLAP:$2" | QT_QPA_PLATFORM=offscreen timeout 60 "$1")
echo "$found"
echo "$found" | grep -q '^CLAP|Cochlea Scribe|2:2|0:1|14:11|'
