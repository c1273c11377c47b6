#!/bin/sh
# check_binary.sh FILE SYMBOL...: the plugin exports these symbols and no other, has no executable stack and
# needs no C++ library.
set -eu
file=$1
shift
bad=0
found=$(readelf --wide --dyn-syms "$file" | awk '$7 != "UND" && ($5 == "GLOBAL" || $5 == "WEAK" || $5 == "UNIQUE") { print $8 }' | sort | tr '\n' ' ')
wanted=$(printf '%s\n' "$@" | sort | tr '\n' ' ')
if [ "$found" != "$wanted" ]; then
    echo "$file: exports $found instead of $wanted"
    bad=1
fi
if ! readelf --wide --program-headers "$file" | grep -q 'GNU_STACK.* RW '; then
    echo "$file: the stack is executable"
    bad=1
fi
if readelf --wide --dynamic "$file" | grep -E 'NEEDED.*(libstdc\+\+|libc\+\+)|TEXTREL'; then
    echo "$file: needs what it should not"
    bad=1
fi
exit $bad
