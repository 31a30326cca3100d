# A webcam: Linux' UVC gadget, whose program is bedtool's camera.

# camera_up NAME WIDTH HEIGHT OCTETS: frames of that size, in packets of so many octets, several a microframe when
# that is more than 1024.
camera_up() {
    camera_width=$2 camera_height=$3
    modprobe usb_f_uvc
    gadget_up "$1" uvc "streaming_maxpacket=$4"
    for video in /sys/class/video4linux/video*; do
        if [ -e "$video/function_name" ]; then break; fi
    done
    # The host sees the gadget when its program is there.
    bedtool camera "/dev/${video##*/}" "$2" "$3" "$4" &
    camera=$!
}
camera_down() {
    kill "$camera"
    wait "$camera" || true
    gadget_down "$1"
}

# For gadget_up and gadget_down: what a camera has in configfs besides attributes.
camera_describe() {
    function=$gadget/functions/uvc.0
    picture=$function/streaming/uncompressed/u/f
    mkdir "$function/control/header/h" "${picture%/f}" "$picture" "$function/streaming/header/h"
    echo "$camera_width" >"$picture/wWidth"
    echo "$camera_height" >"$picture/wHeight"
    echo $((camera_width * camera_height * 2)) >"$picture/dwMaxVideoFrameBufferSize"
    echo 333333 >"$picture/dwFrameInterval"
    ln -s "$function/control/header/h" "$function/control/class/fs/h"
    ln -s "${picture%/f}" "$function/streaming/header/h/u"
    ln -s "$function/streaming/header/h" "$function/streaming/class/fs/h"
    ln -s "$function/streaming/header/h" "$function/streaming/class/hs/h"
}
camera_forget() {
    function=$gadget/functions/uvc.0
    rm "$function"/control/class/fs/h "$function"/streaming/class/*/h "$function/streaming/header/h/u"
    rmdir "$function"/control/header/h "$function"/streaming/header/h "$function"/streaming/uncompressed/u/f \
        "$function"/streaming/uncompressed/u
}
