"""Intake 委案导入: a file of a creditor becomes cases; what is wrong with it is said row by row and waits for
correction.
"""
