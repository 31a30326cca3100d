# A frontend lies in packet descriptors and in arrays of segments, or changes them and takes them back while they are in use: the backend lives, and says why it closes.
# timeout: 900
# only: ours

bystander_begins 2
outside_up
attacker_up front REDIR

attack_all stream array
# The last attack: what the device was sent is what the pages had when the request was taken.
equal "what the device has read" "$(host "redir log out1" | sed 's/^[^ ]* //')" "read 5096: 0-5095"

attacker_down
outside_down
bystander_ends
