# A backend's answers and events are wrong, or never come: the frontend lives, says why it closes, and lets go of everything.
# timeout: 900
# only: ours
# kernel: slub_debug=U,kmalloc-*

attacker_up back
bystander_begins 1
one_attack answer-other-id answer
bystander_ends
books_open guest
bystander_begins 1
attack_all answer port survived
bystander_ends
# What our modules have is compared exactly; caches of others are counted by slabs, some of which come and go.
books_close $((performed + 200))
attacker_down
