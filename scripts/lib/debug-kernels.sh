# shellcheck shell=bash
# Kernels that look for errors while they run, built here from Debian's source: small ones, with just what
# tests/xen needs (tests/xen/debug). Needs common.sh and packages.sh.

DEBUG_KERNEL_CONFIGS=$USBIF_ROOT/tests/xen/debug
DEBUG_KERNEL_PACKAGES=(gcc make flex bison bc libelf-dev kmod cpio xz-utils)
DEBUG_KERNEL_CACHE=$USBIF_CACHE/debug-kernels
# Whose accesses to memory are looked at, beside those of the modules that are built for it: make's text, for the
# sanitizers' variables that kbuild has for each directory. All of the kernel would take twice as long to build
# and to run; locks, sleeping, timers, lists and leaks are looked at everywhere.
# shellcheck disable=SC2016 # make's variables
DEBUG_KERNEL_SANITIZED='$(if $(filter drivers/usb/% drivers/xen/xenbus/% drivers/scsi/%,$(obj)/),,n)'

# debug_kernel KERNEL: true for the names of such kernels, SERIES-KIND; of each KIND there is a configuration.
debug_kernel() { case $1 in 6.1-kasan | 6.1-kcsan) ;; *) return 1 ;; esac; }

# debug_kernel_ready KERNEL: have it built, with all that modules for it are built against. Sets KVER.
debug_kernel_ready() {
    local dir=$DEBUG_KERNEL_CACHE/$1 source packages key
    ensure_packages "${DEBUG_KERNEL_PACKAGES[@]}"
    mapfile -t packages < <(package_versions linux-source-6.1)
    source=$DEBUG_KERNEL_CACHE/source
    key="5 ${packages[*]} $(cksum <"$DEBUG_KERNEL_CONFIGS/kasan_pv.c")"
    if ! stamped "$source.stamp" "$key"; then
        stage "downloading the source of Linux 6.1 for debug kernels" \
            unpack_packages "$source-packages" "${packages[@]}"
        stage "unpacking all of it" debug_kernel_unpack
        stamp "$source.stamp" "$key"
    fi
    key="3 $key $(gcc -dumpfullversion) $(cat "$DEBUG_KERNEL_CONFIGS"/{bed,"${1#*-}"}.config | cksum)"
    if ! stamped "$dir.stamp" "$key"; then
        stage "configuring Linux $1" debug_kernel_configure "${1#*-}" "$dir"
        stage "building Linux $1 (ten minutes on two processors)" debug_kernel_build "$source" "$dir"
        stamp "$dir.stamp" "$key"
    fi
    # shellcheck disable=SC2034 # for who calls
    KVER=$(cat "$dir/include/config/kernel.release")
}

debug_kernel_unpack() {
    rm -rf "$DEBUG_KERNEL_CACHE/source"
    mkdir "$DEBUG_KERNEL_CACHE/source"
    tar -C "$DEBUG_KERNEL_CACHE/source" --strip-components=1 \
        -xJf "$DEBUG_KERNEL_CACHE/source-packages/usr/src/linux-source-6.1.tar.xz"
    rm -r "$DEBUG_KERNEL_CACHE/source-packages"
    debug_kernel_kasan_pv
    # Locks of Linux' own that are taken in two orders; lockdep would say so, and then nothing more.
    debug_kernel_no_order drivers/xen/gntdev.c 'priv->lock'
    debug_kernel_no_order drivers/xen/xenbus/xenbus_dev_frontend.c 'u->msgbuffer_mutex'
    # It starts a timer again that it has told to be no more.
    edit "$DEBUG_KERNEL_CACHE/source/drivers/usb/misc/usbtest.c" '/^\t\tmod_timer(&timeout.timer, jiffies +/' 'i\
\t\ttimer_setup_on_stack(\&timeout.timer, sg_timeout, 0);'
}

# debug_kernel_no_order FILE LOCK: lockdep leaves that lock alone.
debug_kernel_no_order() {
    edit "$DEBUG_KERNEL_CACHE/source/$1" "/^\tmutex_init(&$2);/" "a\\
\\tlockdep_set_novalidate_class(\&$2);"
}

# debug_kernel_kasan_pv: KASAN in PV domains too; tests/xen/debug/kasan_pv.c says how.
debug_kernel_kasan_pv() {
    local x86=$DEBUG_KERNEL_CACHE/source/arch/x86
    cp "$DEBUG_KERNEL_CONFIGS/kasan_pv.c" "$x86/xen/"
    # shellcheck disable=SC2016 # make's variable
    echo 'obj-$(CONFIG_KASAN) += kasan_pv.o' >>"$x86/xen/Makefile"
    edit "$x86/include/asm/kasan.h" '/^void __init kasan_init(void);/' 'a\
void __init kasan_init_here(void);\
void __init xen_kasan_init(void);\
extern bool kasan_shadow_ready;\
#define kasan_arch_is_ready() kasan_shadow_ready'
    edit "$x86/include/asm/kasan.h" '/^static inline void kasan_init(void)/' 'a\
static inline void kasan_init_here(void) { }\
static inline void xen_kasan_init(void) { }'
    edit "$x86/kernel/setup.c" '/^\tkasan_init();/' 's/init/init_here/'
    edit "$x86/xen/mmu_pv.c" '/^#include <linux\/sched\/mm.h>/' 'a\
#include <asm/kasan.h>'
    edit "$x86/xen/mmu_pv.c" '/^\tpaging_init();/' 'a\
\txen_kasan_init();'
}

# edit FILE LINE COMMAND: sed's COMMAND on the one line of FILE that is LINE.
edit() {
    [ "$(sed -n "$2p" "$1" | wc -l)" = 1 ] || die "not one line $2 in $1"
    sed -i "$2$3" "$1"
}

# debug_kernel_configure KIND DIR: what was asked for must be what it became.
debug_kernel_configure() {
    local kind=$1 dir=$2 line lost=0
    mkdir -p "$dir"
    make -C "$DEBUG_KERNEL_CACHE/source" O="$dir" tinyconfig
    cat "$DEBUG_KERNEL_CONFIGS"/{bed,"$kind"}.config >>"$dir/.config"
    make -C "$DEBUG_KERNEL_CACHE/source" O="$dir" olddefconfig
    while read -r line; do
        case $line in
            *=n) if grep -q "^${line%n}" "$dir/.config"; then say "still on: $line"; lost=1; fi ;;
            CONFIG_*) if ! grep -qxF "$line" "$dir/.config"; then say "not taken: $line"; lost=1; fi ;;
        esac
    done < <(cat "$DEBUG_KERNEL_CONFIGS"/{bed,"$kind"}.config)
    return "$lost"
}

debug_kernel_build() {
    local tool sanitized=()
    for tool in KASAN UBSAN KCSAN; do sanitized+=("${tool}_SANITIZE=$DEBUG_KERNEL_SANITIZED"); done
    make -C "$1" O="$2" -j"$(nproc)" "${sanitized[@]}" vmlinux modules
}

# debug_kernel_install KERNEL DIR: DIR/vmlinux, without symbols, and its modules below DIR/packages/usr.
debug_kernel_install() {
    local from=$DEBUG_KERNEL_CACHE/$1
    objcopy -R .comment -S "$from/vmlinux" "$2/vmlinux.new"
    mv "$2/vmlinux.new" "$2/vmlinux"
    make -C "$from" INSTALL_MOD_PATH="$2/packages/usr" INSTALL_MOD_STRIP=--strip-debug modules_install
}
