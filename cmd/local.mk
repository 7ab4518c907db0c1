# one program each: main() narrates
