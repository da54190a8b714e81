const express = require('express')
const session = require('express-session')

const menu = require('./routes/menu')
const votes = require('./routes/votes')

const app = express()
app.use(express.json())
app.use(session({ secret: process.env.SESSION_SECRET, resave: false, saveUninitialized: false }))

app.use('/menu', menu)
app.use('/votes', votes)

app.listen(process.env.PORT || 8080)
