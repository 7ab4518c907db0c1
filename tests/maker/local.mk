# maker
