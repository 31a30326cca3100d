# The books: what dom0, Xen and the guest hold of everything that could leak, before and after some cycles.
# A check that uses them has the line "# kernel: slub_debug=U,kmalloc-*" in its header.

# books_of_xen: from Xen's tools, as lines of bedtool's books.
books_of_xen() {
    xl debug-keys g
    {
        echo '== domains'
        xl list
        xl list | while read -r _ number _; do
            case $number in *[!0-9]*) continue ;; esac
            echo "== channels $number"
            lsevtchn "$number"
        done
        echo '== grants'
        xl dmesg
        echo '== store'
        xenstore-ls -f
        echo '== watches'
        rm -f /tmp/memreport
        xenstore-control memreport /tmp/memreport >/dev/null
        cat /tmp/memreport
    } >/tmp/books-of-xen
    awk -f /bed/books.awk /tmp/books-of-xen
}

# books_take NAME: /tmp/books-NAME, here and in the guest.
books_take() {
    bedtool books take /tmp/books-kernel || fail "no books of dom0's kernel"
    books_of_xen >/tmp/books-xen || fail "no books of Xen"
    cat /tmp/books-kernel /tmp/books-xen >"/tmp/books-$1"
    if [ "$books_guest" ]; then
        guest 60 "bedtool books take /tmp/books-$1" || fail "no books of the guest's kernel"
    fi
}

# books_open [guest]: take down what there is now: in dom0, and with "guest" also in the guest that must be the
# same one at books_close. The state must be the one that each cycle leads back to, and one cycle already done.
books_open() {
    # Of other caches a trace says where memory was taken first, not who has it now: they are only counted.
    case " $(cat /proc/cmdline) " in
        *' slub_debug=U,kmalloc-* '*) ;;
        *) fail "the header of a check with books has the line: # kernel: slub_debug=U,kmalloc-*" ;;
    esac
    books_guest=${1:-}
    books_known=''
    if [ -e /tmp/books-known ]; then read -r books_known </tmp/books-known; fi
    # The first taking of a boot leaves traces of its own. And what ends a bit later (RCU, work items) shall not be
    # taken for a part of the state.
    if [ "$books_known" != "$domid" ]; then books_take before; fi
    echo "$domid" >/tmp/books-known
    sleep 1
    books_take before
}

# books_close CYCLES: fail unless all is as at books_open: most of it exactly, the rest grown by less than one
# for each cycle (or by what is noise, BOOKS_NOISE in tools/books.h). What is on its way out has some seconds for it; a leak stays.
books_close() {
    tries=$((5 * patience))
    sleep 2
    until books_same "$1"; do
        tries=$((tries - 1))
        if [ $tries = 0 ]; then
            fail "not as before $1 cycles: $(head -n 1 /tmp/books-differences)" \
                "(and $(($(grep -c . /tmp/books-differences) - 1)) more)"
        fi
        sleep 2
    done
    progress "BOOKS dom0, $1 cycles: $(awk -f /bed/books-totals.awk /tmp/books-before /tmp/books-after)"
    if [ "$books_guest" ]; then
        progress "BOOKS $guest_name, $1 cycles:" \
            "$(guest 60 'awk -f /bed/books-totals.awk /tmp/books-before /tmp/books-after')"
    fi
}

# books_same CYCLES: take them again; status 1 and the differences in /tmp/books-differences when they are not the same.
books_same() {
    books_take after
    : >/tmp/books-differences
    bedtool books compare /tmp/books-before /tmp/books-after "$1" >/tmp/books-dom0 || sed 's/^/dom0: /' /tmp/books-dom0 >>/tmp/books-differences
    if [ "$books_guest" ]; then
        guest 60 "bedtool books compare /tmp/books-before /tmp/books-after $1" >/tmp/books-guest ||
            sed 's/^/guest: /' /tmp/books-guest >>/tmp/books-differences
    fi
    cat /tmp/books-differences
    [ ! -s /tmp/books-differences ]
}
