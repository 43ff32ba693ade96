#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Cachescope authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# try_package.sh CPACK CPACK_CONFIG VERSION
# Makes the Debian package of a build tree, installs it into an empty root (with this machine's
# list of packages, so that its dependencies are checked, but nothing of the system is touched),
# starts the program from there, checks what a desktop will read, and removes it again.
set -euo pipefail
cpack="$1"
config="$2"
version="$3"
id=org.cachescope.Cachescope
export PATH="$PATH:/usr/sbin:/sbin" LC_ALL=C.UTF-8

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}
for tool in dpkg dpkg-deb dpkg-shlibdeps file; do
    if ! command -v "$tool" >/dev/null; then
        echo "SKIPPED: a Debian package can only be made and tried where $tool is installed"
        exit 77
    fi
done

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
root="$scratch/root"

# Runs a command and shows what it said only when it fails.
quietly() { "$@" >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; fail "$*"; }; }

quietly "$cpack" --config "$config" -B "$scratch/built"
deb="$(find "$scratch/built" -maxdepth 1 -name 'cachescope_*.deb')"
[ -f "$deb" ] || fail "cpack made no package"

field() { dpkg-deb --field "$deb" "$1"; }
[ "$(field Version)" = "$version" ] || fail "the package says version $(field Version), not $version"
for library in libqt6widgets6 libqt6charts6 libsqlite3-0 libhiredis libssl3 libzstd1 zlib1g 'svg'; do
    case "$(field Depends)" in *"$library"*) ;; *) fail "the package does not depend on $library" ;; esac
done
case "$(field Recommends)" in *redis-server*) ;; *) fail "the package does not recommend a Redis" ;; esac

mkdir -p "$root/var/lib/dpkg/"{info,updates,triggers} "$scratch/home"
cp /var/lib/dpkg/status "$root/var/lib/dpkg/status"
package_manager() { quietly dpkg --force-not-root --root="$root" --log="$scratch/dpkg.log" "$@"; }
package_manager --install "$deb"

program() {
    env HOME="$scratch/home" XDG_CONFIG_HOME= XDG_DATA_HOME= XDG_CACHE_HOME= \
        QT_QPA_PLATFORM=offscreen "$root/usr/bin/cachescope" "$@"
}
program --version >"$scratch/version"
grep -qF "$version" "$scratch/version" || fail "--version says: $(cat "$scratch/version")"
quietly program simulate demo --duration 2s --speed max
grep -q '[0-9]' "$scratch/log" || fail "simulate printed no numbers"
printf 'time,key\n1,a\n2,a\n' >"$scratch/trace.csv"
quietly program replay "$scratch/trace.csv"
grep -q '2 requests for 1 key' "$scratch/log" || fail "replay counted no requests"
quietly program screenshot lab --scenario demo --after 2s -o "$scratch/lab.png"
[ "$(head -c 4 "$scratch/lab.png" | tail -c 3)" = PNG ] || fail "screenshot made no PNG"

share="$root/usr/share"
desktop="$share/applications/$id.desktop"
grep -qx "Icon=$id" "$desktop" || fail "the desktop file names no icon of ours"
[ -s "$share/icons/hicolor/scalable/apps/$id.svg" ] || fail "the icon is missing"
grep -qx 'Exec=cachescope' "$desktop" || fail "the desktop file does not start the program"
if command -v desktop-file-validate >/dev/null; then
    quietly desktop-file-validate "$desktop"
else
    echo "not checked: the desktop file, as desktop-file-validate is not installed"
fi
if command -v appstreamcli >/dev/null; then
    quietly appstreamcli validate --no-net "$share/metainfo/$id.metainfo.xml"
else
    echo "not checked: the metainfo, as appstreamcli is not installed"
fi
gzip -dc "$share/man/man1/cachescope.1.gz" >"$scratch/manual"
for text in '^\.TH CACHESCOPE 1' '^\.BI simulate' '^\.BI replay' '^\.BI screenshot'; do
    grep -q "$text" "$scratch/manual" || fail "the manual has no line $text"
done
[ -s "$share/doc/cachescope/copyright" ] || fail "the licence is missing"

package_manager --purge cachescope
left="$(find "$root" -path "$root/var" -prune -o ! -path "$root" -print)"
[ -z "$left" ] || fail "removal left behind: $left"
echo "$(basename "$deb") installs, starts, and leaves nothing behind"
