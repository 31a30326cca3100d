# Figures for the books can be taken, and nothing changes when nothing happens.
# timeout: 240
# only: ours
# kernel: slub_debug=U,kmalloc-*

attach STICK1
guest_reads STICK1 0 1
books_open guest
guest_reads STICK1 0 1
books_close 1
