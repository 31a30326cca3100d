# Two sticks are read at the same time, each with the right content.
# timeout: 180

attach STICK1
attach STICK2
guest_start one "disk_of STICK1 && bedtool stick read \$disk 16 8"
guest_start two "disk_of STICK2 && bedtool stick read \$disk 24 8"
one=$(guest_wait one 90)
two=$(guest_wait two 90)
equal "the first stick's sha256" "${one% *}" "$(host sha256 stick1 16777216 8388608)"
equal "the second stick's sha256" "${two% *}" "$(host sha256 stick2 25165824 8388608)"
