"""High-throughput JPEG 2000 by OpenJPH: 20 columns and 12 rows, resolution by resolution, tile lengths told."""

from base64 import b85decode

import numpy as np

ROWS, COLUMNS = np.mgrid[0:12, 0:20]
GREY = (COLUMNS * 131 + ROWS * 17) % 4096
RAMP = COLUMNS * 60 + ROWS * 20
COLOUR = np.stack([COLUMNS * 12, ROWS * 20, (COLUMNS * ROWS) % 256], axis=-1)
GREY_STREAM = b85decode(
    "|4;u>04YEK0000K0000C00000000000000K0000C0000000000009pH0sl|{2mk^A000XAQUDA90ssL31q1{@0sm"
    "Y86Cj9?kdTm&kdTm&kdTmwh=~7W02crOPjF>!N>E53R%LP^FfKASE;BCwRR9VAU;qFB004~tkN^q*00000i~s@ul"
    "fVEbE%yZnbO68r69CTe1BY|~zyK1!026@80Ect{B1QfHVl)82024p}697r_0D^P?nfwFxGyuQ=6;J>LXiPF;^3o6"
    "D3w8iXrBbQ<;0XQ@fxfr^zyK>?02Y`81Ox;G1n<gvae{XMAOHXW008*>fIWZ!d-ebU?7RT~*#"
)
COLOUR_STREAM = b85decode(
    "|4;u>053oQ0000K0000C00000000000000K0000C000000000000RdB0S5sA2LS>9Pyh%30ssI21OHM03;+TE0Ra"
    "UB1V91*TmTawP*_-4SXfwCSXfwCSWr+<|6~9c00B>MWo}APNFY{aav(4+GBz$VF8@^k3IJdL00001WB-"
    "r<3IG5A00CnF0soW05`gCbhjakI5`f(RhjakI5`g>w$8-R|2|$Da2Xp|y2|$Da2Xp|y2|$Vghjaj-1i-"
    "5B075hXzzE<3&;l?3V*pn@0fBS?7jpo>2;c<ZCvyN*tNs9DGyuQ|-"
    "~_M&KmbDktxEPZ0R8|Y0Kf?#1keI7_ym&xvOp8jbpQY(0Kf?#1i<woa{wy+1NJlkzzT=~SpXyqpuvTr%XR=POymC"
    "G0R8|0zPJGX@B;wA3Wxz$04G40&=2j)b^zDn9QNe?0D-=@0D%6;TB{WRzzT=~S~R8558w-"
    "S0NHFdoBiMj{t$t_xB$Qv5CwbzIH17q$?4*D08)s|5LNtxJ@R|^$?UoS;QWC~QpNzl6%Yk{0Vph&@6pmf)&S@Dz4"
    "`w9g=;6ja6#<40RH|!L;%1QPz9!DW@hier>DYq0OvX9oO90k{D3`x0DJZT0qnd0|Je"
)
RAMP_STREAM = b85decode(
    "|4;u>04YEK0000K0000C00000000000000K0000C0000000000009pH0sl|{2mk^A001TbQUDA90ssL31q1{@0RL"
    "P7BO;G<k429~j~9nrhg^p}f2x0~f5K=rXf<efU>aZ=Z@>R!02crOPjF>!N>E53R%LP^FfKASE;BCwRR9VAU;qFB0"
    "03V9kN^q*00000UH}3AlfVEbX#@p_bO68rCW!t52Xp|y080P?F#7;UbO5^k00J}szyOi}1Yq_evj7O=0KfvK02Kf"
    "%sR0X>PeT^~s{Y^)f4;T=zy!d+@4-vu0RPz"
)
