# What is leaked in the guest in each of twenty cycles is found and called by its name: seven kinds (four pages, one of the others).
# timeout: 400
# only: ours
# kernel: slub_debug=U,kmalloc-*

attach STICK1
guest 20 "insmod /bed/modules/planted.ko"
books_open guest
guest 60 "for _ in \$(seq 20); do
    for kind in kmalloc page page page page vmalloc grant event-channel watch thread; do
        echo \$kind >/sys/module/planted/parameters/leak
    done
done"
! books_same 20 || fail "nothing was found"
# found KIND PATTERN: by the guest's own books; found_by_xen: by what Xen and xenstored know of it.
found() {
    guest 60 "bedtool books compare /tmp/books-before /tmp/books-after 20 | grep -q '^$2: .* allowed '" ||
        fail "leaked in the guest and not found: $1"
}
found_by_xen() { grep -q "^dom0: $2: .* allowed " /tmp/books-differences || fail "leaked in the guest and not found: $1"; }
found kmalloc 'objects in kmalloc-[0-9]* of leak_kmalloc \[planted\].*'
found page 'pages of no known kind'
found vmalloc 'vmalloc pages of leak_vmalloc \[planted\].*'
found grant grants
found thread 'threads planted'
found_by_xen event-channel 'event channels of guest1 .*'
found_by_xen watch 'watches in xenstore'
