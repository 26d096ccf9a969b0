#!/bin/sh
# Makes the small films and songs beside this script again. Needs ffmpeg (x264, x265, vp9, lame, flac, vorbis).
# They are checked in, so nobody needs ffmpeg to build: run this only to change them.
set -eu
cd "$(dirname "$0")"
ff() { ffmpeg -hide_banner -loglevel error -y -threads 1 "$@"; }

# scene NAME SKY HORIZON SEA SUN: three seconds of a sun going down over the sea, as a lossless master.
scene() {
    ff -f lavfi -i "gradients=s=1920x1080:r=4:d=3:n=2:c0=$2:c1=$3:x0=960:y0=0:x1=960:y1=760:speed=0.00001" \
       -f lavfi -i "color=$5:s=280x280:r=4:d=3,format=yuva420p,geq=lum='p(X,Y)':cb='p(X,Y)':cr='p(X,Y)':a='if(lt(hypot(X-140,Y-140),138),255,0)'" \
       -f lavfi -i "color=$4:s=1920x330:r=4:d=3" \
       -filter_complex "[0][1]overlay=x=820+t*90:y=300+t*100[sun];[sun][2]overlay=0:750,format=yuv420p" \
       -c:v ffv1 "$tmp/$1.mkv"
}

# films NAME TONE: the original and its transcodes, as a collector would have them.
films() {
    x264='-c:v libx264 -preset veryslow -crf 46 -g 48 -x264-params sei=0'
    x265='-c:v libx265 -preset slow -crf 42 -x265-params log-level=error:info=0'
    sound="-f lavfi -i sine=$2:duration=3:sample_rate=8000"
    printf '1\n00:00:00,500 --> 00:00:02,500\nThe tide will not wait for us.\n' >"$tmp/line.srt"
    # shellcheck disable=SC2086 # options are meant to be split
    {
        ff -i "$tmp/$1.mkv" $sound -i "$tmp/line.srt" -map 0:v -map 1:a -map 2:s $x264 -c:a aac -b:a 8k -c:s srt \
           -metadata:s:a language=eng -metadata:s:s language=eng $exact "$1-1080p-h264.mkv"
        ff -i "$tmp/$1.mkv" $sound -vf scale=1280:720 $x265 -tag:v hvc1 -c:a aac -b:a 8k -movflags +faststart $exact "$1-720p-hevc.mp4"
        ff -i "$tmp/$1.mkv" $sound -vf scale=854:480 $x264 -pix_fmt yuv420p -c:a aac -b:a 8k -movflags +faststart $exact "$1-480p-h264.mp4"
        ff -i "$tmp/$1.mkv" $sound -vf scale=1280:720 -c:v libvpx-vp9 -crf 50 -b:v 0 -c:a libopus -b:a 8k $exact "$1-720p-vp9.webm"
    }
}

# song N TONES: three seconds of a small arpeggio. One expression, three formats.
song() {
    tune="aevalsrc='0.3*sin(2*PI*t*$2*pow(2,floor(mod(t*4,4))*4/12))*exp(-3*mod(t*4,1))':d=3:s=8000"
    ff -f lavfi -i "$tune" -c:a libmp3lame -b:a 16k -write_xing 0 -id3v2_version 0 $exact "song-$1.mp3"
    ff -f lavfi -i "$tune" -t 1 -sample_fmt s16 -c:a flac -compression_level 12 $exact "song-$1.flac"
    ff -f lavfi -i "$tune" -c:a libvorbis -q:a -1 $exact "song-$1.ogg"
}

exact='-fflags +bitexact -flags:v +bitexact -flags:a +bitexact -map_metadata -1'
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
scene dusk   '#16204a' '#f0954e' '#1b2b46' '#ffd27a'; films dusk 220
scene noon   '#3f8fd8' '#cfe8f5' '#1f6f8f' '#fffbe6'; films noon 330
scene storm  '#23282e' '#7d8890' '#2d3a40' '#c9cdd0'; films storm 110
song 1 220; song 2 261.6; song 3 329.6
