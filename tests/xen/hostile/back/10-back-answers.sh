# A backend's answers, events and packets are wrong, or never come: the frontend lives, says why it closes, and lets go of everything; a driver sees no octet more than there is, each in its place.
# timeout: 900
# only: ours
# kernel: slub_debug=U,kmalloc-*

attacker_up back
bystander_begins 1
one_attack answer-other-id answer
bystander_ends
books_open guest
bystander_begins 1
# A driver, which reports what it sees.
guest 10 "rm -f /tmp/report-end"
guest_start report "bedtool report /tmp/report-end"
attack_all answer port survived stream
guest 10 ": >/tmp/report-end"
progress "URBs that were reported: $(guest_wait report 30)"
bystander_ends
# What our modules have is compared exactly; caches of others are counted by slabs, some of which come and go.
books_close $((performed + 200))
attacker_down
