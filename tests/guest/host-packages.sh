#!/usr/bin/env bash
# Installs what building and booting the guest needs on the host; instant and silent when all is there.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/lib/apt.sh" qemu-system-x86 mmdebstrap e2fsprogs openssh-client zstd
