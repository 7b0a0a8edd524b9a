#!/usr/bin/env bash
# Fetches a Kafka broker for the tests from Maven Central into a folder of this user's cache, once; prints the folder. Needs Java 17 and Maven (apt-get install
# default-jre-headless maven).
set -euo pipefail
pom="$(cd "$(dirname "$0")/.." && pwd)/exchange-node/testing/kafka/pom.xml"
version="$(grep -A1 '<artifactId>kafka_' "$pom" | grep -oP '(?<=<version>)[^<]+')"
folder="${XDG_CACHE_HOME:-$HOME/.cache}/zhenghe/kafka-$version"
if [ ! -d "$folder" ]; then
  mkdir -p "$(dirname "$folder")"
  part="$(mktemp -d "$folder.XXXXXX")"
  trap 'rm -rf "$part"' EXIT
  mvn -B -q -f "$pom" dependency:copy-dependencies -DoutputDirectory="$part/libs" >&2
  chmod 755 "$part"
  mv -T "$part" "$folder" 2>/dev/null || [ -d "$folder" ] # somebody else was faster
fi
echo "$folder"
