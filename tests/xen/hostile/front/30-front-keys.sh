# A frontend's keys and states change while it is connected: the backend lives, and says which key was wrong.
# timeout: 300
# only: ours
# kernel: slub_debug=U,kmalloc-*

bystander_begins 2
attacker_up front
attack_all key
attacker_down
bystander_ends
