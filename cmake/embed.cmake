# cmake -DIN=file -DOUT=file.c -DNAME=symbol -P embed.cmake : the bytes of a file as a C array.
file(READ ${IN} hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR count "${digits} / 2")
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
file(WRITE ${OUT} "const unsigned char ${NAME}[] = {${bytes}};\nconst unsigned long ${NAME}_size = ${count};\n")
