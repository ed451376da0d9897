-- Faults of a room service, by order of a test: a file with one line, taken away when it is done.
--   restart                  the component of the rooms crashes and comes back: it knows no occupants
--   drop ROOM NICK           the room forgets an occupant, and tells nobody
local modulemanager = require "core.modulemanager";
local path = module:get_option_string("room_faults_file");
local component = "conference." .. module.host;

local function forget(room, occupant)
	occupant.role = nil;
	room:save_occupant(occupant);
end

-- A service that stops in order keeps its occupants over a reload; one that crashed has none.
local function restart()
	for room in prosody.hosts[component].modules.muc.live_rooms() do
		local all = {};
		for _, occupant in room:each_occupant() do all[#all + 1] = occupant; end
		for _, occupant in ipairs(all) do forget(room, room:get_occupant_by_nick(occupant.nick)); end
	end
	for _, name in ipairs { "muc_mam", "muc" } do modulemanager.unload(component, name); end
	for _, name in ipairs { "muc", "muc_mam" } do modulemanager.load(component, name); end
end

local function drop(room_jid, nick)
	local room = prosody.hosts[component].modules.muc.get_room_from_jid(room_jid);
	local occupant = room and room:get_occupant_by_nick(room_jid .. "/" .. nick);
	if occupant then forget(room, occupant); end
end

module:add_timer(0.05, function ()
	local file = io.open(path);
	if not file then return 0.05; end
	local line = file:read("*l") or "";
	file:close();
	local word, room, nick = line:match("^(%S+) ?(%S*) ?(%S*)$");
	if word == "restart" then restart(); elseif word == "drop" then drop(room, nick); end
	os.remove(path);
	return 0.05;
end);
