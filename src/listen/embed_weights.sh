#!/bin/sh
# Writes assembly that links a weight file into the library as read-only data, after checking the file's pinned sum.
#   embed_weights.sh FILE.gguf SHA256SUMS SYMBOL OUT.S
# SHA256SUMS has lines of sha256sum. ELF and Mach-O; the path in FILE must be usable from the compiler's folder.
set -eu
file=$1 sums=$2 symbol=$3 out=$4

name=$(basename "$file")
pinned=$(sed -n "s/^\([0-9a-f]\{64\}\)  $name\$/\1/p" "$sums")
if command -v sha256sum >/dev/null; then
    found=$(sha256sum <"$file")
else
    found=$(shasum -a 256 <"$file")
fi
if [ "$pinned" != "${found%% *}" ]; then
    echo "$file: its sha256 is not the one in $sums" >&2
    exit 1
fi
case $file in
*[\"\\]*)
    echo "$file: a path with quotes or backslashes cannot be embedded" >&2
    exit 1
    ;;
esac

cat >"$out" <<END
#if defined(__APPLE__)
#define SYMBOL(name) _##name
#define HIDE(name) .private_extern name
    .const
#else
#define SYMBOL(name) name
#define HIDE(name) .hidden name
    .section .rodata
#endif
    .balign 64
    .globl SYMBOL($symbol)
    HIDE(SYMBOL($symbol))
SYMBOL($symbol):
    .incbin "$file"
    .globl SYMBOL(${symbol}_end)
    HIDE(SYMBOL(${symbol}_end))
SYMBOL(${symbol}_end):
    .byte 0
#if defined(__ELF__)
    .section .note.GNU-stack, "", %progbits
#endif
END
