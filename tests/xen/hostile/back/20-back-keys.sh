# A backend's keys and states change: the frontend lives, and says which key was wrong. A page that it keeps is given up.
# timeout: 300
# only: ours
# kernel: slub_debug=U,kmalloc-*

attacker_up back
bystander_begins 1
attack_all key page
attacker_down
bystander_ends
