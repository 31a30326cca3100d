# A frontend's requests have one field that is wrong: the backend lives, and says which.
# timeout: 900
# only: ours
# kernel: slub_debug=U,kmalloc-*

bystander_begins 2
# The device that is attacked with, and another one, whose address is wanted.
guest_up 1
attach KEYBOARD
attach STICK2 3
attacker_up front
attack_all request refused address
attacker_down
detach STICK2
bystander_ends
