# A frontend lies with indices, slots, ids and events, and takes its pages back: the backend lives, and says why it closes.
# timeout: 900
# only: ours
# kernel: slub_debug=U,kmalloc-*

attacker_up front
bystander_begins 2
one_attack grant-none grant
bystander_ends
books_open
bystander_begins 2
attack_all ring grant
bystander_ends
# What our modules have is compared exactly; caches of others are counted by slabs, some of which come and go.
books_close $((performed + 200))
attacker_down
