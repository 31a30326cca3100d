# A frontend's keys and states change while it is connected: the backend lives, and says which key was wrong.
# timeout: 900
# only: ours
# kernel: slub_debug=U,kmalloc-*

bystander_begins 2
attacker_up front
attack_all key

# Connections that cannot succeed: what is logged of them is limited, whoever logs it. One more is logged than may be.
log_mark
began=$(uptime_seconds)
guest 240 "hostile_attack channel-storm"
seconds=$(($(uptime_seconds) - began + 1))
lines=$(victim_complaints | grep -c .) || fail "no line about connections that fail"
at_most "lines about connections that fail, in $seconds s" "$lines" $(((hostile_most + 1) * (seconds / 10 + 1)))

attacker_down
bystander_ends
