# What is leaked in dom0 in each of twenty cycles is found and called by its name: eight kinds (four pages, one of the others).
# timeout: 400
# only: ours
# kernel: slub_debug=U,kmalloc-*

attach STICK1
insmod /bed/modules/planted.ko
books_open
for cycle in $(seq 20); do
    for kind in kmalloc page page page page vmalloc grant event-channel watch thread; do
        echo $kind >/sys/module/planted/parameters/leak
    done
    xenstore-write "/tool/planted-$cycle" 1
done
! books_same 20 || fail "nothing was found"
# found KIND PATTERN
found() { grep -q "^dom0: $2: .* allowed " /tmp/books-differences || fail "leaked in dom0 and not found: $1"; }
found kmalloc 'objects in kmalloc-[0-9]* of leak_kmalloc \[planted\].*'
found page 'pages of no known kind'
found vmalloc 'vmalloc pages of leak_vmalloc \[planted\].*'
found grant grants
found event-channel 'event channels of Domain-0 .*'
found watch 'watches in xenstore'
found thread 'threads planted'
found node 'node /tool/planted-.*'
