#!/usr/bin/env bash
# Have an independent checker (veraPDF) look at PDFs that we typeset: PDF/UA-1 and PDF/A-3a, rule by rule.
#   bench/papers/check.sh contract.pdf invoice.pdf     prints what holds and what does not; exit 0 where all hold
#   bench/papers/check.sh --get                        fetches the checker alone, so that a later run needs no network
# Needs a JDK (17 or later) and Maven. What it fetches stands in $TOUCHSTONE_PAPERS, else in ~/.cache/touchstone-papers.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
kept="${TOUCHSTONE_PAPERS:-$HOME/.cache/touchstone-papers}"
mkdir -p "$kept"
if ! cmp -s "$here/pom.xml" "$kept/pom.xml" || [ ! -f "$kept/Check.class" ] || [ "$here/Check.java" -nt "$kept/Check.class" ]; then
  mvn --quiet --batch-mode -f "$here/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$kept/lib" >&2
  javac -cp "$kept/lib/*" -d "$kept" "$here/Check.java"
  cp "$here/pom.xml" "$kept/pom.xml"
fi
[ "${1:-}" = --get ] && exit 0
exec java -Djava.awt.headless=true -cp "$kept/lib/*:$kept" Check "$@" 2> >(grep -v SLF4J >&2)
