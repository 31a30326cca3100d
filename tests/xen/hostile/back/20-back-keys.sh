# A backend's keys and states change: the frontend lives, and says which key was wrong. A page that it keeps is given up.
# timeout: 900
# only: ours
# kernel: slub_debug=U,kmalloc-*

attacker_up back
bystander_begins 1
attack_all key page

# However often it connects: what the frontend loses in all is bounded, and so is what it logs.
victim_again
victim_log_mark
equal "what becomes of a backend that keeps a page of each connection" \
    "$(attacker 240 "hostile_attack pages-kept")" "pages-kept closed"
victim_complaints >/tmp/complaints
equal "lines about kept pages" "$(grep -c 'backend keeps 1 granted pages' /tmp/complaints)" 8
equal "lines about no more of them" "$(grep -c 'it gets no more' /tmp/complaints)" 1
attacker_down
bystander_ends
