# A frontend's requests have one field that is wrong: the backend lives, and says which.
# timeout: 900
# only: ours
# kernel: slub_debug=U,kmalloc-*

bystander_begins 2
attacker_up front
attack_all request refused
attacker_down
bystander_ends
