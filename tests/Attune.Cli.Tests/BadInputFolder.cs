using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Attune.Cli;

/// <summary>A folder with good input (a model of 18,000 parameters, rows, a recipe), to be spoilt.</summary>
internal sealed class BadInputFolder : IDisposable
{
    private const string GoodRecipe = """
        model: { source: model }
        task: chat
        data:
          train: rows.jsonl
        method: lora
        train:
          max_steps: 2
          batch_size: 2
          max_tokens: 32
        evaluate: { samples: 0 }
        output: runs/x

        """;

    private readonly TemporaryFolder folder = new();
    private readonly Func<string> finishedRun;
    private IDisposable? held;

    /// <summary>Makes it.</summary>
    /// <param name="model">The model's folder.</param>
    /// <param name="finishedRun">A folder with a run that ended well, when it is asked for.</param>
    public BadInputFolder(string model, Func<string> finishedRun)
    {
        this.finishedRun = finishedRun;
        CopyFolder(model, "model");
        Write("model/chat_template.jinja", "{% for m in messages %}<s>{{ m['role'] }} : {{ m['content'] }}</s>{% endfor %}{% if add_generation_prompt %}<s>assistant : {% endif %}");
        Write("rows.jsonl", string.Concat(Enumerable.Range(0, 12).Select(_ => """{"messages":[{"role":"user","content":"sleep walk"},{"role":"assistant","content":"eat rest"}]}""" + "\n")));
        Write("r.yaml", GoodRecipe);
    }

    /// <summary>The folder.</summary>
    public string Path => folder.Path;

    /// <summary>The rows of the run that <see cref="Run"/> copies.</summary>
    public string RowsOfRun => System.IO.Path.GetFullPath(System.IO.Path.Combine(finishedRun(), "..", "..", "rows.jsonl"));

    public void Dispose()
    {
        held?.Dispose();
        folder.Dispose();
    }

    /// <summary>Keeps something until the folder goes.</summary>
    public void Hold(IDisposable what) => held = what;

    /// <summary>Writes a file of text.</summary>
    public void Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file.</summary>
    public void Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(folder[name])!);
        File.WriteAllBytes(folder[name], bytes);
    }

    /// <summary>Makes a folder.</summary>
    public void Make(string name) => Directory.CreateDirectory(folder[name]);

    /// <summary>Takes a file or folder away.</summary>
    public void Remove(string name)
    {
        if (File.Exists(folder[name]))
        {
            File.Delete(folder[name]);
        }
        else
        {
            Directory.Delete(folder[name], recursive: true);
        }
    }

    /// <summary>Cuts a file off.</summary>
    public void Cut(string name, int length) => Write(name, File.ReadAllBytes(folder[name])[..length]);

    /// <summary>Puts other text in a text's place.</summary>
    public void Replace(string name, string old, string text)
    {
        string whole = File.ReadAllText(folder[name]);
        Assert.Contains(old, whole, StringComparison.Ordinal);
        Write(name, whole.Replace(old, text, StringComparison.Ordinal));
    }

    /// <summary>Changes the recipe.</summary>
    public void Recipe(string old, string text) => Replace("r.yaml", old, text);

    /// <summary>Sets members of a JSON file; null takes one away.</summary>
    public void Json(string name, params ReadOnlySpan<(string Key, string? Value)> members)
    {
        var json = JsonNode.Parse(File.ReadAllText(folder[name]))!.AsObject();
        foreach (var (key, value) in members)
        {
            if (value is null)
            {
                json.Remove(key);
            }
            else
            {
                json[key] = JsonNode.Parse(value);
            }
        }

        Write(name, json.ToJsonString());
    }

    /// <summary>Changes the header of the model's weights; its length is put right.</summary>
    public void Header(Action<JsonObject> change)
    {
        byte[] file = File.ReadAllBytes(folder["model/model.safetensors"]);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        var header = JsonNode.Parse(file.AsSpan(8, length))!.AsObject();
        change(header);
        byte[] json = Encoding.UTF8.GetBytes(header.ToJsonString());
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, json.Length);
        Write("model/model.safetensors", [.. prefix, .. json, .. file.AsSpan(8 + length)]);
    }

    /// <summary>Puts an index in the place of the model's weights.</summary>
    public void Index(string json)
    {
        Remove("model/model.safetensors");
        Write("model/model.safetensors.index.json", json);
    }

    /// <summary>Puts the fixtures' adapter for this model into <c>ad</c>.</summary>
    public void Adapter() => CopyFolder(TestPaths.SharedOrSkip("parity/adapter/llama-causal-lm-lora/adapter"), "ad");

    /// <summary>Puts a run that ended well into <c>runs/x</c>.</summary>
    public void Run() => CopyFolder(finishedRun(), "runs/x");

    /// <summary>Every file with its SHA-256, and every folder; not the lock of a run, which may be held.</summary>
    public SortedDictionary<string, string> Listing()
    {
        var listing = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories).Where(path => System.IO.Path.GetFileName(path) != "run.lock"))
        {
            listing[System.IO.Path.GetRelativePath(Path, path)] = Directory.Exists(path) ? "" : Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
        }

        return listing;
    }

    private void CopyFolder(string from, string name)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            Write(System.IO.Path.Combine(name, System.IO.Path.GetRelativePath(from, file)), File.ReadAllBytes(file));
        }
    }
}
