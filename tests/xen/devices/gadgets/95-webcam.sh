# A webcam (UVC, isochronous): 48 frames of 160x120, of 38 packets each, in two streams; every octet is compared.
# timeout: 120
# programs: devices

iso_begin
camera_up CAMERA 160 120 1024
used CAMERA 60 "film CAMERA 160 120"
camera_down CAMERA
iso_end
