-- Kills the server half way through a message, by order of a test: a file with one line, taken away before it is done.
--   BODY                     it was archived for its sender, and not passed on
local path = module:get_option_string("half_way_file");

module:hook("archive-message-added", function (event)
	local file = io.open(path);
	if not file then return; end
	local body = file:read("*l");
	file:close();
	local stanza = event.stanza;
	if stanza:get_child_text("body") ~= body or stanza.attr.from:match("^[^@]*") ~= event.for_user then return; end
	os.remove(path);
	-- The shell's parent is the server.
	os.execute("kill -9 $PPID");
end);
