#!/usr/bin/env bash
# Installs a released faultlint for the GitHub action: downloads the archive for this runner, checks what it hashes to and
# puts the program on the PATH of later steps. Reads FAULTLINT_REPOSITORY, FAULTLINT_VERSION and FAULTLINT_SHA256.
set -euo pipefail

fail() {
    printf '::error title=faultlint::%s\n' "$1"
    exit 2
}

# The release that belongs to this version of the action.
own_version() {
    sed -n 's/^version = "\(.*\)"$/\1/p' "$GITHUB_ACTION_PATH/Cargo.toml" | head -n 1
}

target() {
    case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
        Linux-X64) echo x86_64-unknown-linux-musl ;;
        Linux-ARM64) echo aarch64-unknown-linux-musl ;;
        macOS-X64) echo x86_64-apple-darwin ;;
        macOS-ARM64) echo aarch64-apple-darwin ;;
        Windows-X64) echo x86_64-pc-windows-msvc ;;
        *) return 1 ;;
    esac
}

download() {
    curl --proto '=https' --tlsv1.2 --fail --silent --show-error --location --retry 3 --output "$2" "$1" ||
        fail "$1 could not be downloaded"
}

hash_of() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# With `uses: ./` the action is of the repository itself.
repository=${FAULTLINT_REPOSITORY:-${GITHUB_REPOSITORY:-}}
version=${FAULTLINT_VERSION:-$(own_version)}
version=${version#v}
[[ $repository =~ ^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$ ]] || fail 'the repository of this action is not known'
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+([-+.][A-Za-z0-9.-]+)?$ ]] || fail 'the input version is no version, such as 1.2.3'
target=$(target) || fail "there is no release for ${RUNNER_OS:-this system} on ${RUNNER_ARCH:-this processor}"

archive=faultlint-$version-$target.tar.gz
from=${GITHUB_SERVER_URL:-https://github.com}/$repository/releases/download/v$version
folder=$(mktemp -d "$RUNNER_TEMP/faultlint.XXXXXX")
download "$from/$archive" "$folder/$archive"
wanted=${FAULTLINT_SHA256:-}
if [ -z "$wanted" ]; then
    download "$from/$archive.sha256" "$folder/$archive.sha256"
    wanted=$(cut -d ' ' -f 1 "$folder/$archive.sha256")
fi
found=$(hash_of "$folder/$archive")
[ "$found" = "$wanted" ] || fail "$archive hashes to $found and should to $wanted; nothing was installed"

mkdir "$folder/bin"
tar -xzf "$folder/$archive" -C "$folder/bin"
printf '%s\n' "$folder/bin" >>"$GITHUB_PATH"
"$folder/bin/faultlint" --version
