# A webcam with three packets a microframe: 48 frames of 320x240, in units of 3072 octets; every octet is compared.
# timeout: 120
# programs: devices

iso_begin
camera_up CAMERA 320 240 3072
used CAMERA 60 "film CAMERA 320 240"
camera_down CAMERA
iso_end
